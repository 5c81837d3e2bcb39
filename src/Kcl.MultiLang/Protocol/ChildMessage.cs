namespace Kcl.MultiLang.Protocol;

/// <summary>A message of a child.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The <c>responseFor</c> of a status; the action of <see cref="ChildMessageKind.Other"/>.</param>
/// <param name="SequenceNumber">The sequence number of a checkpoint as sent; null for everything delivered so far.</param>
/// <param name="SubSequenceNumber">The sub-sequence number of a checkpoint as sent.</param>
internal readonly record struct ChildMessage(
    ChildMessageKind Kind, string? Name = null, string? SequenceNumber = null, long? SubSequenceNumber = null);
