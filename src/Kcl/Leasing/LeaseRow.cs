namespace Kcl.Leasing;

/// <summary>
/// Defines the meaning of conditions and changes, as pure functions of a row. Every store must give the same results; the conformance kit
/// in <c>Kcl.Testing</c> verifies this.
/// </summary>
public static class LeaseRow
{
    /// <summary>Returns whether a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="row">The row; null if there is none.</param>
    public static bool Admits(LeaseCondition condition, Lease? row)
    {
        ArgumentNullException.ThrowIfNull(condition);
        if (row is null || condition.RequiresAbsentRow)
        {
            return row is null && condition.RequiresAbsentRow;
        }

        return (condition.Counter is not { } counter || row.Counter == counter)
            && (condition.Owner is not { } owner || row.Owner == owner.Value)
            && (condition.CheckpointOwner is not { } checkpointOwner || row.CheckpointOwner == checkpointOwner.Value)
            && (condition.Checkpoint is not { } checkpoint || row.Checkpoint == checkpoint)
            && Has(row.PrivateAttributes, condition.PrivateAttributes);
    }

    /// <summary>Returns the row after a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="row">The row before; null if there is none.</param>
    /// <returns>The row after; null if there is none.</returns>
    /// <exception cref="ArgumentException">The change is an update, but there is no row.</exception>
    public static Lease? Apply(LeaseChange change, Lease? row) => change switch
    {
        LeaseCreation creation => creation.Lease,
        LeaseDeletion => null,
        LeaseUpdate update => Apply(update, row ?? throw new ArgumentException("There is no row to update.", nameof(row))),
        _ => throw new ArgumentException("The kind of change is not known.", nameof(change)),
    };

    /// <summary>Returns the row after an update.</summary>
    /// <param name="update">The update.</param>
    /// <param name="row">The row before.</param>
    public static Lease Apply(LeaseUpdate update, Lease row)
    {
        ArgumentNullException.ThrowIfNull(update);
        ArgumentNullException.ThrowIfNull(row);
        var releasesOwner = update.ReleasesLease && row.CheckpointOwner is null;
        return row with
        {
            Counter = row.Counter + (update.IncrementsCounter ? 1 : 0),
            Owner = releasesOwner ? null : update.Owner is { } owner ? owner.Value : row.Owner,
            CheckpointOwner = update.ReleasesLease ? null
                : update.CheckpointOwner is { } checkpointOwner ? checkpointOwner.Value
                : row.CheckpointOwner,
            Checkpoint = update.Checkpoint ?? row.Checkpoint,
            PendingCheckpoint = update.PendingCheckpoint is { } pending ? pending.Value?.Position : row.PendingCheckpoint,
            PendingCheckpointState = update.PendingCheckpoint is { } state ? state.Value?.State : row.PendingCheckpointState,
            OwnerSwitchesSinceCheckpoint = (update.OwnerSwitchesSinceCheckpoint ?? row.OwnerSwitchesSinceCheckpoint)
                + (update.IncrementsOwnerSwitches ? 1 : 0),
            ChildShardIds = update.ChildShardIds ?? row.ChildShardIds,
            ParentShardIds = update.ParentShardIds ?? row.ParentShardIds,
            HashKeyRange = update.HashKeyRange ?? row.HashKeyRange,
            PrivateAttributes = update.PrivateAttributes is { } changes ? Merge(row.PrivateAttributes, changes) : row.PrivateAttributes,
        };
    }

    /// <summary>
    /// Returns whether two rows have the same counter, owner, checkpoint and pending checkpoint. Other workers may change other attributes
    /// of a lease, for example its child shards, while it is held.
    /// </summary>
    /// <param name="one">A row.</param>
    /// <param name="other">Another row.</param>
    internal static bool HasSameHolderState(Lease one, Lease other) =>
        one.Counter == other.Counter
        && one.Owner == other.Owner
        && one.Checkpoint == other.Checkpoint
        && one.PendingCheckpoint == other.PendingCheckpoint
        && (one.PendingCheckpointState ?? default).Span.SequenceEqual((other.PendingCheckpointState ?? default).Span);

    private static bool Has(IReadOnlyDictionary<string, string> attributes, IReadOnlyDictionary<string, string?> expected)
    {
        if (expected.Count == 0)
        {
            return true;
        }

        foreach (var (name, value) in expected)
        {
            if (attributes.GetValueOrDefault(name) != value)
            {
                return false;
            }
        }

        return true;
    }

    private static SortedDictionary<string, string> Merge(
        IReadOnlyDictionary<string, string> attributes,
        IReadOnlyDictionary<string, string?> changes)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in attributes)
        {
            merged[name] = value;
        }

        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = value;
            }
        }

        return merged;
    }
}
