using Kcl.Kinesis;

namespace Kcl.Leasing;

/// <summary>
/// Changes attributes of a row. Attributes that it does not name stay as they are, including those that this version does not know.
/// </summary>
public sealed record LeaseUpdate : LeaseChange
{
    /// <summary>Gets a value indicating whether the counter becomes one more, which shows the fleet that the owner is alive.</summary>
    public bool IncrementsCounter { get; init; }

    /// <summary>Gets the new owner, or its removal.</summary>
    public LeaseAttribute<WorkerId>? Owner { get; init; }

    /// <summary>Gets the new checkpoint owner, or its removal.</summary>
    public LeaseAttribute<WorkerId>? CheckpointOwner { get; init; }

    /// <summary>
    /// Gets a value indicating whether the present owner gives the lease up. If the row has a checkpoint owner, only that is removed:
    /// <see cref="Owner"/> is then the next owner of a KCL 3.x hand-off and stays. Otherwise, the owner is removed.
    /// </summary>
    public bool ReleasesLease { get; init; }

    /// <summary>Gets the new checkpoint.</summary>
    public ExtendedSequenceNumber? Checkpoint { get; init; }

    /// <summary>Gets the new pending checkpoint, or the removal of it and its state.</summary>
    public LeaseAttribute<PendingCheckpoint>? PendingCheckpoint { get; init; }

    /// <summary>Gets the new count of owner switches.</summary>
    public long? OwnerSwitchesSinceCheckpoint { get; init; }

    /// <summary>Gets a value indicating whether the count of owner switches becomes one more.</summary>
    public bool IncrementsOwnerSwitches { get; init; }

    /// <summary>Gets the shards that continue this one. Descriptive.</summary>
    public IReadOnlyList<ShardId>? ChildShardIds { get; init; }

    /// <summary>Gets the shards that must be finished before this one starts. Descriptive.</summary>
    public IReadOnlyList<ShardId>? ParentShardIds { get; init; }

    /// <summary>Gets the hash keys of the shard. Descriptive.</summary>
    public HashKeyRange? HashKeyRange { get; init; }

    /// <summary>Gets the new values of private attributes; a value of <see langword="null"/> removes the attribute. Descriptive.</summary>
    public IReadOnlyDictionary<string, string?>? PrivateAttributes { get; init; }

    /// <summary>Gets a value indicating whether the update changes who owns the lease, or shows that the owner is alive.</summary>
    internal bool ChangesOwnership =>
        IncrementsCounter || ReleasesLease || IncrementsOwnerSwitches
        || Owner is not null || CheckpointOwner is not null || OwnerSwitchesSinceCheckpoint is not null;

    /// <summary>Gets a value indicating whether the update changes how far the shard was processed.</summary>
    internal bool ChangesProgress => Checkpoint is not null || PendingCheckpoint is not null;
}
