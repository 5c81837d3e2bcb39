namespace Kcl.Daemon;

/// <summary>How the child of one shard is doing.</summary>
/// <param name="State">What it is at.</param>
/// <param name="ProcessId">Its process id; null where there is none.</param>
/// <param name="Answered">Records the children of this shard have answered for since the daemon started; those delivered again after a restart count again.</param>
/// <param name="Checkpoint">The last checkpoint a child made, or was started at; null before the first child was started.</param>
/// <param name="Starts">How many children were started for this shard since the daemon started.</param>
public sealed record ChildStatus(ChildState State, int? ProcessId, long Answered, ExtendedSequenceNumber? Checkpoint, int Starts)
{
    internal static ChildStatus None { get; } = new(ChildState.None, null, 0, null, 0);
}
