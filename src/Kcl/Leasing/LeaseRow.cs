namespace Kcl.Leasing;

/// <summary>What a row becomes by an update, and whether a row is the one an update was to make.</summary>
internal static class LeaseRow
{
    /// <summary>The row after an update took effect.</summary>
    public static Lease Apply(Lease row, LeaseUpdate update) => row with
    {
        Counter = update.ExpectedCounter is { } counter ? counter + 1 : row.Counter,
        Owner = update.Owner is { } owner ? owner.Value : row.Owner,
        CheckpointOwner = update.Owner is null ? row.CheckpointOwner : null,
        Checkpoint = update.Checkpoint ?? row.Checkpoint,
        PendingCheckpoint = update.PendingCheckpoint is { } pending ? pending.Value?.Position : row.PendingCheckpoint,
        PendingCheckpointState = update.PendingCheckpoint is { } state ? state.Value?.State : row.PendingCheckpointState,
        OwnerSwitchesSinceCheckpoint = update.OwnerSwitchesSinceCheckpoint ?? row.OwnerSwitchesSinceCheckpoint,
        ChildShardIds = update.ChildShardIds ?? row.ChildShardIds,
        HashKeyRange = update.HashKeyRange ?? row.HashKeyRange,
    };

    /// <summary>Whether two rows agree in everything that only the holder of a lease writes.</summary>
    public static bool SameHolding(Lease one, Lease other) =>
        one.Counter == other.Counter
        && one.Owner == other.Owner
        && one.Checkpoint == other.Checkpoint
        && one.PendingCheckpoint == other.PendingCheckpoint
        && (one.PendingCheckpointState ?? default).Span.SequenceEqual((other.PendingCheckpointState ?? default).Span);
}
