namespace Kcl.Kinesis.Wire;

/// <summary>The service's words for what enumerations stand for.</summary>
internal static class Names
{
    /// <summary>The word of a starting position.</summary>
    public static string Of(StartingPositionType type) => type switch
    {
        StartingPositionType.TrimHorizon => "TRIM_HORIZON",
        StartingPositionType.Latest => "LATEST",
        StartingPositionType.AtSequenceNumber => "AT_SEQUENCE_NUMBER",
        StartingPositionType.AfterSequenceNumber => "AFTER_SEQUENCE_NUMBER",
        StartingPositionType.AtTimestamp => "AT_TIMESTAMP",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a starting position."),
    };

    /// <summary>The word of a shard filter.</summary>
    public static string Of(ShardFilterType type) => type switch
    {
        ShardFilterType.FromTrimHorizon => "FROM_TRIM_HORIZON",
        ShardFilterType.AtTrimHorizon => "AT_TRIM_HORIZON",
        ShardFilterType.AtLatest => "AT_LATEST",
        ShardFilterType.AtTimestamp => "AT_TIMESTAMP",
        ShardFilterType.FromTimestamp => "FROM_TIMESTAMP",
        ShardFilterType.AfterShardId => "AFTER_SHARD_ID",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a shard filter."),
    };

    /// <summary>The strategy a word stands for; null stands for the default, since servers that know no strategies name none.</summary>
    public static RecordDistributionStrategy RecordDistribution(string? word) => word switch
    {
        null or "USER_PARTITION_KEY" => RecordDistributionStrategy.UserPartitionKey,
        "AUTO" => RecordDistributionStrategy.Auto,
        _ => RecordDistributionStrategy.Unknown,
    };

    /// <summary>The status a word stands for.</summary>
    /// <exception cref="FormatException">It stands for none.</exception>
    public static StreamStatus StreamStatus(string word) => word switch
    {
        "CREATING" => Kinesis.StreamStatus.Creating,
        "DELETING" => Kinesis.StreamStatus.Deleting,
        "ACTIVE" => Kinesis.StreamStatus.Active,
        "UPDATING" => Kinesis.StreamStatus.Updating,
        _ => throw new FormatException($"'{word}' is not the status of a stream"),
    };
}
