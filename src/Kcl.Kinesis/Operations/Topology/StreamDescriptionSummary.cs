namespace Kcl.Kinesis;

/// <summary>The description of a stream, without its shards.</summary>
public sealed record StreamDescriptionSummary
{
    /// <summary>Gets the stream's name.</summary>
    public required StreamName StreamName { get; init; }

    /// <summary>Gets the ARN of the stream; null if the server sent none that can be parsed.</summary>
    public StreamArn? StreamArn { get; init; }

    /// <summary>Gets the status.</summary>
    public required StreamStatus Status { get; init; }

    /// <summary>Gets the time for which records are stored.</summary>
    public required TimeSpan RetentionPeriod { get; init; }

    /// <summary>Gets the time at which the stream was created.</summary>
    public required DateTimeOffset CreationTimestamp { get; init; }

    /// <summary>Gets the number of shards that accept records.</summary>
    public required int OpenShardCount { get; init; }

    /// <summary>
    /// Gets how new records are distributed over the shards. Records put before the strategy was changed stay in their shards.
    /// </summary>
    /// <value>The default is <see cref="RecordDistributionStrategy.UserPartitionKey"/>.</value>
    public RecordDistributionStrategy RecordDistribution { get; init; } = RecordDistributionStrategy.UserPartitionKey;
}
