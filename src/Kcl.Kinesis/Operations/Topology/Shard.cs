namespace Kcl.Kinesis;

/// <summary>A shard, as the service lists it.</summary>
public sealed record Shard
{
    /// <summary>Gets the identifier.</summary>
    public required ShardId ShardId { get; init; }

    /// <summary>
    /// Gets the parent: the shard whose split or merge created this shard; null if there is none. The parent may have expired, so that it
    /// is no longer listed.
    /// </summary>
    public ShardId? ParentShardId { get; init; }

    /// <summary>Gets the second parent of a merge; null if there is none.</summary>
    public ShardId? AdjacentParentShardId { get; init; }

    /// <summary>Gets the hash keys of the shard's records.</summary>
    public required HashKeyRange HashKeyRange { get; init; }

    /// <summary>Gets the first sequence number.</summary>
    public required SequenceNumber StartingSequenceNumber { get; init; }

    /// <summary>Gets the last sequence number; null while the shard is open.</summary>
    public SequenceNumber? EndingSequenceNumber { get; init; }

    /// <summary>Gets a value indicating whether the shard accepts records.</summary>
    public bool IsOpen => EndingSequenceNumber is null;

    /// <summary>Gets the parents: none, one after a split, two after a merge.</summary>
    public IReadOnlyList<ShardId> Parents =>
        (ParentShardId, AdjacentParentShardId) switch
        {
            ({ } parent, { } adjacent) => [parent, adjacent],
            ({ } parent, null) => [parent],
            (null, { } adjacent) => [adjacent],
            _ => [],
        };
}
