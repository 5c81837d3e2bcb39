namespace Kcl.Kinesis;

/// <summary>Specifies the shards that <c>ListShards</c> lists.</summary>
public enum ShardFilterType
{
    /// <summary>Lists all shards within the retention period. This is the default.</summary>
    FromTrimHorizon,

    /// <summary>Lists the shards that were open at the trim horizon.</summary>
    AtTrimHorizon,

    /// <summary>Lists the open shards.</summary>
    AtLatest,

    /// <summary>Lists the shards that were open at the given time.</summary>
    AtTimestamp,

    /// <summary>Lists the shards that ended at or after the given time, and all open shards.</summary>
    FromTimestamp,

    /// <summary>Lists the shards whose id sorts after the given id.</summary>
    AfterShardId,
}
