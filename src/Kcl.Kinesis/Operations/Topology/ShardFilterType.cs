namespace Kcl.Kinesis;

/// <summary>The shards that <c>ListShards</c> lists.</summary>
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
