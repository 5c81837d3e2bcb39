namespace Kcl.MultiLang.Protocol;

/// <summary>The kind of a line of a child's stdout.</summary>
internal enum ChildMessageKind
{
    /// <summary>An empty line, or <c>null</c>.</summary>
    Nothing,

    /// <summary>Not a message: the line is logged and otherwise ignored.</summary>
    Noise,

    /// <summary>The answer to an action.</summary>
    Status,

    /// <summary>A request for a checkpoint.</summary>
    Checkpoint,

    /// <summary>A message that only the daemon may send; it is ignored.</summary>
    Other,
}
