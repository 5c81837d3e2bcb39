namespace Kcl.MultiLang.Protocol;

/// <summary>What one line of a child's stdout was.</summary>
internal enum ChildMessageKind
{
    /// <summary>Nothing: an empty line, or a bare <c>null</c>.</summary>
    Nothing,

    /// <summary>No message: the line is to be logged and otherwise ignored.</summary>
    Noise,

    /// <summary>The answer to an action.</summary>
    Status,

    /// <summary>A request to checkpoint.</summary>
    Checkpoint,

    /// <summary>A message only the daemon sends; ignored.</summary>
    Other,
}

/// <summary>One line of a child's stdout, understood.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Name">The <c>responseFor</c> of a status; the action of <see cref="ChildMessageKind.Other"/>.</param>
/// <param name="SequenceNumber">A checkpoint's number, as sent; null for everything delivered so far.</param>
/// <param name="SubSequenceNumber">A checkpoint's sub-sequence number, as sent.</param>
internal readonly record struct ChildMessage(ChildMessageKind Kind, string? Name = null, string? SequenceNumber = null, long? SubSequenceNumber = null);
