namespace Kcl.Streams;

/// <summary>Specifies the relation of a stored stream identity to the current stream.</summary>
internal enum StreamRelation
{
    /// <summary>The same stream.</summary>
    Same,

    /// <summary>An earlier stream of the same name, which was deleted before the current one was created.</summary>
    Earlier,

    /// <summary>
    /// A stream of the same name that was created later than the current one. The stream was then re-created after it was last described.
    /// </summary>
    Later,

    /// <summary>Another stream: another name, account or region.</summary>
    Other,
}
