namespace Kcl.Kinesis;

/// <summary>How a stream distributes records over its shards.</summary>
public enum RecordDistributionStrategy
{
    /// <summary>
    /// By the explicit hash key, else the hash of the partition key, which every record has. Every provisioned stream does so, and every
    /// server that names no strategy.
    /// </summary>
    UserPartitionKey,

    /// <summary>
    /// As the service chooses: records may have no partition key, and keys do not decide the shard. Only on-demand streams have this
    /// strategy, and it can be changed at any time.
    /// </summary>
    Auto,

    /// <summary>By a strategy this version does not know.</summary>
    Unknown,
}
