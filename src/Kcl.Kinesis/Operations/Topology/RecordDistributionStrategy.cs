namespace Kcl.Kinesis;

/// <summary>Specifies how a stream distributes records over its shards.</summary>
public enum RecordDistributionStrategy
{
    /// <summary>
    /// By the explicit hash key or, if there is none, by the hash of the partition key, which every record has. This is the strategy of
    /// every provisioned stream, and of servers that send no strategy.
    /// </summary>
    UserPartitionKey,

    /// <summary>
    /// The service chooses the shard: records need no partition key, and keys do not determine the shard. Only on-demand streams can have
    /// this strategy, and it can be changed at any time.
    /// </summary>
    Auto,

    /// <summary>By a strategy that this version does not know.</summary>
    Unknown,
}
