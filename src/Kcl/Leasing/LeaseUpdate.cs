using Kcl.Kinesis;

namespace Kcl.Leasing;

/// <summary>A conditional, attribute-wise change of one lease. What is null is left as it is, unknown attributes included.</summary>
/// <remarks>
/// With <see cref="ExpectedCounter"/> the write is fenced and sets the counter to one more. Without it only descriptive attributes may be
/// changed, and the counter stays.
/// </remarks>
public sealed record LeaseUpdate
{
    /// <summary>The counter the row must have; null for a change of descriptive attributes on whatever row is there.</summary>
    public long? ExpectedCounter { get; init; }

    /// <summary>The new owner, or its removal.</summary>
    public Change<WorkerId>? Owner { get; init; }

    /// <summary>The new checkpoint.</summary>
    public ExtendedSequenceNumber? Checkpoint { get; init; }

    /// <summary>The new pending checkpoint, or the removal of it and its state.</summary>
    public Change<PendingCheckpoint>? PendingCheckpoint { get; init; }

    /// <summary>The new count of owner switches.</summary>
    public long? OwnerSwitchesSinceCheckpoint { get; init; }

    /// <summary>The shards that continue this one. Descriptive.</summary>
    public IReadOnlyList<ShardId>? ChildShardIds { get; init; }

    /// <summary>The shards that must be finished before this one starts. Descriptive.</summary>
    public IReadOnlyList<ShardId>? ParentShardIds { get; init; }

    /// <summary>The hash keys the shard takes. Descriptive.</summary>
    public HashKeyRange? HashKeyRange { get; init; }

    /// <summary>
    /// The new values of private attributes; null as a value removes the attribute. What is not named stays. Descriptive.
    /// </summary>
    public IReadOnlyDictionary<string, string?>? PrivateAttributes { get; init; }

    /// <summary>The checkpoint the row must have, besides what <see cref="ExpectedCounter"/> says; null where any will do.</summary>
    public ExtendedSequenceNumber? ExpectedCheckpoint { get; init; }

    /// <summary>A private attribute that the row must not have yet; null where that does not matter.</summary>
    public string? ExpectedAbsentAttribute { get; init; }

    private bool IsDescriptive => Owner is null && Checkpoint is null && PendingCheckpoint is null && OwnerSwitchesSinceCheckpoint is null;

    /// <summary>Refuses an update that no store may carry out.</summary>
    /// <exception cref="ArgumentException">
    /// There is no expected counter and more than descriptive attributes are changed, or the name of a private attribute is not one.
    /// </exception>
    public void ThrowIfInvalid()
    {
        if (ExpectedCounter is null && !IsDescriptive)
        {
            throw new ArgumentException("Without an expected counter only descriptive attributes may be changed.");
        }

        foreach (var name in (PrivateAttributes?.Keys ?? []).Concat(ExpectedAbsentAttribute is { } absent ? [absent] : []))
        {
            if (!Lease.IsPrivateAttributeName(name))
            {
                throw new ArgumentException($"'{name}' is not the name of a private attribute: '{Lease.PrivateAttributePrefix}', then letters and digits.");
            }
        }
    }

    /// <summary>Whether the conditions hold for a row.</summary>
    /// <param name="row">The row.</param>
    public bool Admits(Lease row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return (ExpectedCounter is not { } counter || row.Counter == counter)
            && (ExpectedCheckpoint is not { } checkpoint || row.Checkpoint == checkpoint)
            && (ExpectedAbsentAttribute is not { } absent || !row.PrivateAttributes.ContainsKey(absent));
    }

    /// <summary>The row after the update took effect.</summary>
    /// <param name="row">The row before.</param>
    public Lease ApplyTo(Lease row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row with
        {
            Counter = ExpectedCounter is { } counter ? counter + 1 : row.Counter,
            Owner = Owner is { } owner ? owner.Value : row.Owner,
            CheckpointOwner = Owner is null ? row.CheckpointOwner : null,
            Checkpoint = Checkpoint ?? row.Checkpoint,
            PendingCheckpoint = PendingCheckpoint is { } pending ? pending.Value?.Position : row.PendingCheckpoint,
            PendingCheckpointState = PendingCheckpoint is { } state ? state.Value?.State : row.PendingCheckpointState,
            OwnerSwitchesSinceCheckpoint = OwnerSwitchesSinceCheckpoint ?? row.OwnerSwitchesSinceCheckpoint,
            ChildShardIds = ChildShardIds ?? row.ChildShardIds,
            ParentShardIds = ParentShardIds ?? row.ParentShardIds,
            HashKeyRange = HashKeyRange ?? row.HashKeyRange,
            PrivateAttributes = PrivateAttributes is null ? row.PrivateAttributes : Merge(row.PrivateAttributes, PrivateAttributes),
        };
    }

    private static SortedDictionary<string, string> Merge(IReadOnlyDictionary<string, string> attributes, IReadOnlyDictionary<string, string?> changes)
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
