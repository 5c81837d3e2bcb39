namespace Kcl.Daemon.Status;

/// <summary>The status of a shard's child.</summary>
public sealed record ChildStatus
{
    /// <summary>Gets the state.</summary>
    public ChildState State { get; init; }

    /// <summary>Gets the process id; null if there is no child.</summary>
    public int? ProcessId { get; init; }

    /// <summary>
    /// Gets the number of records in the batches that children of this shard have answered since the daemon started. Records that are
    /// delivered again after a restart are counted again.
    /// </summary>
    public long Answered { get; init; }

    /// <summary>
    /// Gets the last checkpoint of the shard's child, or the one at which it was started; null before the first child is started.
    /// </summary>
    public ExtendedSequenceNumber? Checkpoint { get; init; }

    /// <summary>Gets the number of children that were started for this shard since the daemon started.</summary>
    public int Starts { get; init; }

    internal static ChildStatus None { get; } = new();
}
