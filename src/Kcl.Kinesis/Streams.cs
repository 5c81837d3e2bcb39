namespace Kcl.Kinesis;

/// <summary>What a stream is doing.</summary>
public enum StreamStatus
{
    /// <summary>Being created; not usable yet.</summary>
    Creating,

    /// <summary>Being deleted.</summary>
    Deleting,

    /// <summary>Usable.</summary>
    Active,

    /// <summary>Usable, while its shards are being changed.</summary>
    Updating,
}

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

/// <summary>A stream without its shards.</summary>
/// <param name="StreamName">Its name.</param>
/// <param name="StreamArn">Its ARN; null where a server gives none that could be read.</param>
/// <param name="Status">What it is doing.</param>
/// <param name="RetentionPeriod">How long records are kept.</param>
/// <param name="CreationTimestamp">When it was created.</param>
/// <param name="OpenShardCount">How many shards take records.</param>
/// <param name="RecordDistribution">
/// How new records are distributed over the shards. Records put before the strategy was changed stay where they are.
/// </param>
public sealed record StreamDescriptionSummary(
    StreamName StreamName,
    StreamArn? StreamArn,
    StreamStatus Status,
    TimeSpan RetentionPeriod,
    DateTimeOffset CreationTimestamp,
    int OpenShardCount,
    RecordDistributionStrategy RecordDistribution = RecordDistributionStrategy.UserPartitionKey);

/// <summary>One page of stream names.</summary>
/// <param name="StreamNames">The names, sorted.</param>
/// <param name="NextToken">Asks for the next page; null on the last.</param>
public sealed record ListStreamsPage(IReadOnlyList<StreamName> StreamNames, string? NextToken);
