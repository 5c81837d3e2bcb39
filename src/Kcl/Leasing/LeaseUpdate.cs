using Kcl.Kinesis;

namespace Kcl.Leasing;

/// <summary>
/// A change of attributes of a row. Attributes that it does not name stay unchanged, including those that this version does not know.
/// </summary>
/// <remarks>
/// <see cref="ChildShardIds"/>, <see cref="ParentShardIds"/>, <see cref="HashKeyRange"/> and <see cref="PrivateAttributes"/> are
/// descriptive attributes: they describe the shard, its stream and its start, but not who owns the lease or how far the shard was
/// processed. A worker that does not hold the lease may therefore change them too, without requiring a counter
/// (<see cref="LeaseWrite.Describe"/>).
/// </remarks>
public sealed record LeaseUpdate : LeaseChange
{
    /// <summary>Gets a value indicating whether the counter is incremented, which shows the fleet that the owner is alive.</summary>
    public bool IncrementsCounter { get; init; }

    /// <summary>Gets the new owner; an attribute without a value removes the owner; null if it does not change.</summary>
    public LeaseAttribute<WorkerId>? Owner { get; init; }

    /// <summary>Gets the new checkpoint owner; an attribute without a value removes it; null if it does not change.</summary>
    public LeaseAttribute<WorkerId>? CheckpointOwner { get; init; }

    /// <summary>
    /// Gets a value indicating whether the current owner releases the lease. If the row has a checkpoint owner, only the checkpoint owner
    /// is removed: <see cref="Owner"/> is then the next owner of a KCL 3.x hand-off and stays. Otherwise, the owner is removed.
    /// </summary>
    public bool ReleasesLease { get; init; }

    /// <summary>Gets the new checkpoint; null if it does not change.</summary>
    public ExtendedSequenceNumber? Checkpoint { get; init; }

    /// <summary>
    /// Gets the new pending checkpoint; an attribute without a value removes it with its state; null if it does not change.
    /// </summary>
    public LeaseAttribute<PendingCheckpoint>? PendingCheckpoint { get; init; }

    /// <summary>Gets the new count of owner switches; null if it is not set.</summary>
    public long? OwnerSwitchesSinceCheckpoint { get; init; }

    /// <summary>Gets a value indicating whether the count of owner switches is incremented.</summary>
    public bool IncrementsOwnerSwitches { get; init; }

    /// <summary>Gets the child shards of this one; null if they do not change.</summary>
    public IReadOnlyList<ShardId>? ChildShardIds { get; init; }

    /// <summary>Gets the shards that must be finished before this one starts; null if they do not change.</summary>
    public IReadOnlyList<ShardId>? ParentShardIds { get; init; }

    /// <summary>
    /// Gets the hash keys of the shard; null if they do not change. A range that a lease cannot have
    /// (<see cref="Lease.IsStorableRange"/>) removes the range of the row.
    /// </summary>
    public HashKeyRange? HashKeyRange { get; init; }

    /// <summary>
    /// Gets the new values of private attributes; a value of null removes the attribute. Null if none changes.
    /// </summary>
    public IReadOnlyDictionary<string, string?>? PrivateAttributes { get; init; }

    /// <summary>Gets a value indicating whether the update changes who owns the lease, or shows that the owner is alive.</summary>
    internal bool ChangesOwnership =>
        IncrementsCounter || ReleasesLease || IncrementsOwnerSwitches
        || Owner is not null || CheckpointOwner is not null || OwnerSwitchesSinceCheckpoint is not null;

    /// <summary>Gets a value indicating whether the update changes how far the shard was processed.</summary>
    internal bool ChangesProgress => Checkpoint is not null || PendingCheckpoint is not null;
}
