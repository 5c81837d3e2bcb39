namespace Kcl.Kinesis;

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
