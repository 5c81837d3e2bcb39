namespace Kcl.Kinesis;

/// <summary>A shard, as the service lists it.</summary>
/// <param name="ShardId">The shard.</param>
/// <param name="ParentShardId">The shard it came from by a split or merge; may be expired and no longer listed.</param>
/// <param name="AdjacentParentShardId">The second parent of a merge.</param>
/// <param name="HashKeyRange">The hash keys it takes.</param>
/// <param name="StartingSequenceNumber">Its first sequence number.</param>
/// <param name="EndingSequenceNumber">Its last sequence number; null while it is open.</param>
public sealed record Shard(
    ShardId ShardId,
    ShardId? ParentShardId,
    ShardId? AdjacentParentShardId,
    HashKeyRange HashKeyRange,
    SequenceNumber StartingSequenceNumber,
    SequenceNumber? EndingSequenceNumber)
{
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
