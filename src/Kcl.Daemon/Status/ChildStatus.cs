namespace Kcl.Daemon.Status;

/// <summary>The status of a shard's child.</summary>
public sealed record ChildStatus
{
    /// <summary>Gets the state.</summary>
    public ChildState State { get; init; }

    /// <summary>Gets the process id; null if there is no child.</summary>
    public int? ProcessId { get; init; }

    /// <summary>
    /// Gets the number of records that children of this shard have answered since the daemon started. Records that are delivered again
    /// after a restart are counted again.
    /// </summary>
    public long Answered { get; init; }

    /// <summary>Gets the last checkpoint that a child made or was started at; null before the first child was started.</summary>
    public ExtendedSequenceNumber? Checkpoint { get; init; }

    /// <summary>Gets the number of children that were started for this shard since the daemon started.</summary>
    public int Starts { get; init; }

    internal static ChildStatus None { get; } = new();
}
