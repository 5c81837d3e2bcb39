namespace Kcl.Streams;

/// <summary>The relation of a stored stream identity to the present stream.</summary>
internal enum StreamRelation
{
    /// <summary>The same stream.</summary>
    Same,

    /// <summary>An earlier stream of the same name: it was deleted, and the present one was created.</summary>
    Earlier,

    /// <summary>A stream of the same name that was created later than the present one, which should not be possible.</summary>
    Later,

    /// <summary>Another stream: another name, account or region.</summary>
    Other,
}
