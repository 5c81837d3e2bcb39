namespace Kcl.Kinesis;

/// <summary>The hash keys one shard takes, both ends included.</summary>
/// <param name="Start">The first hash key.</param>
/// <param name="End">The last hash key.</param>
public readonly record struct HashKeyRange(UInt128 Start, UInt128 End)
{
    /// <summary>Every hash key there is: 0 … 2^128 − 1.</summary>
    public static HashKeyRange Whole => new(UInt128.Zero, UInt128.MaxValue);

    /// <summary>Whether a hash key falls into the range.</summary>
    /// <param name="hashKey">The key.</param>
    public bool Contains(UInt128 hashKey) => hashKey >= Start && hashKey <= End;
}

/// <summary>One shard, as the service lists it.</summary>
/// <param name="ShardId">The shard.</param>
/// <param name="ParentShardId">The shard it came from by a split or merge; may be expired and no longer listed.</param>
/// <param name="AdjacentParentShardId">The second parent of a merge.</param>
/// <param name="HashKeyRange">The hash keys it takes.</param>
/// <param name="StartingSequenceNumber">Its first sequence number.</param>
/// <param name="EndingSequenceNumber">Its last sequence number; null while it is open.</param>
public sealed record Shard(ShardId ShardId, ShardId? ParentShardId, ShardId? AdjacentParentShardId, HashKeyRange HashKeyRange, SequenceNumber StartingSequenceNumber, SequenceNumber? EndingSequenceNumber)
{
    /// <summary>Whether records are still put into it.</summary>
    public bool IsOpen => EndingSequenceNumber is null;

    /// <summary>The parents: none, one after a split, two after a merge.</summary>
    public IReadOnlyList<ShardId> Parents =>
        (ParentShardId, AdjacentParentShardId) switch
        {
            ({ } parent, { } adjacent) => [parent, adjacent],
            ({ } parent, null) => [parent],
            (null, { } adjacent) => [adjacent],
            _ => [],
        };
}

/// <summary>A shard that continues one which has ended, as the last read of the ended shard names it.</summary>
/// <param name="ShardId">The child.</param>
/// <param name="ParentShards">Its parents: one after a split, two after a merge.</param>
/// <param name="HashKeyRange">The hash keys it takes.</param>
public sealed record ChildShard(ShardId ShardId, IReadOnlyList<ShardId> ParentShards, HashKeyRange HashKeyRange);

/// <summary>Which shards <c>ListShards</c> is to list.</summary>
public enum ShardFilterType
{
    /// <summary>Every shard within the retention period: the default.</summary>
    FromTrimHorizon,

    /// <summary>The shards that were open at the trim horizon.</summary>
    AtTrimHorizon,

    /// <summary>The shards that are open now.</summary>
    AtLatest,

    /// <summary>The shards that were open at an instant.</summary>
    AtTimestamp,

    /// <summary>The shards that ended at or after an instant, and all open ones.</summary>
    FromTimestamp,

    /// <summary>The shards whose id sorts after a given one.</summary>
    AfterShardId,
}

/// <summary>A filter for <c>ListShards</c>.</summary>
/// <param name="Type">What is listed.</param>
/// <param name="Timestamp">The instant; required by the two types that name one, and only by them.</param>
/// <param name="ShardId">The shard; required by <see cref="ShardFilterType.AfterShardId"/>, and only by it.</param>
public sealed record ShardFilter(ShardFilterType Type, DateTimeOffset? Timestamp = null, ShardId? ShardId = null);

/// <summary>One call of <c>ListShards</c>. The service takes stream and filter on the first page only and the token alone on the others; the client sees to that.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Filter">Which shards; null for all within the retention period.</param>
/// <param name="NextToken">The previous page's token; null for the first page.</param>
/// <param name="MaxResults">The most shards of a page, 1 to 10000; null for the service's default of 1000.</param>
public sealed record ListShardsRequest(StreamIdentifier Stream, ShardFilter? Filter = null, string? NextToken = null, int? MaxResults = null);

/// <summary>One page of shards.</summary>
/// <param name="Shards">The shards.</param>
/// <param name="NextToken">Asks for the next page; null on the last.</param>
public sealed record ListShardsPage(IReadOnlyList<Shard> Shards, string? NextToken);
