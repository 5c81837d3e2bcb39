namespace Kcl.Kinesis;

/// <summary>A shard that continues one which has ended, as the last read of the ended shard names it.</summary>
/// <param name="ShardId">The child.</param>
/// <param name="ParentShards">Its parents: one after a split, two after a merge.</param>
/// <param name="HashKeyRange">The hash keys it takes.</param>
public sealed record ChildShard(ShardId ShardId, IReadOnlyList<ShardId> ParentShards, HashKeyRange HashKeyRange);
