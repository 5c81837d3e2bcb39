namespace Kcl.Kinesis.Operations;

/// <summary>Converts the values of enumerations to the names of the service, and back.</summary>
internal static class WireNames
{
    /// <summary>Returns the name of a starting position.</summary>
    public static string Of(StartingPositionType type) => type switch
    {
        StartingPositionType.TrimHorizon => "TRIM_HORIZON",
        StartingPositionType.Latest => "LATEST",
        StartingPositionType.AtSequenceNumber => "AT_SEQUENCE_NUMBER",
        StartingPositionType.AfterSequenceNumber => "AFTER_SEQUENCE_NUMBER",
        StartingPositionType.AtTimestamp => "AT_TIMESTAMP",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The type is not a starting position type."),
    };

    /// <summary>Returns the name of a shard filter.</summary>
    public static string Of(ShardFilterType type) => type switch
    {
        ShardFilterType.FromTrimHorizon => "FROM_TRIM_HORIZON",
        ShardFilterType.AtTrimHorizon => "AT_TRIM_HORIZON",
        ShardFilterType.AtLatest => "AT_LATEST",
        ShardFilterType.AtTimestamp => "AT_TIMESTAMP",
        ShardFilterType.FromTimestamp => "FROM_TIMESTAMP",
        ShardFilterType.AfterShardId => "AFTER_SHARD_ID",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The type is not a shard filter type."),
    };

    /// <summary>Returns the strategy with a name; the default for null, because servers without strategies do not send one.</summary>
    public static RecordDistributionStrategy ParseRecordDistribution(string? name) => name switch
    {
        null or "USER_PARTITION_KEY" => RecordDistributionStrategy.UserPartitionKey,
        "AUTO" => RecordDistributionStrategy.Auto,
        _ => RecordDistributionStrategy.Unknown,
    };

    /// <summary>Returns the stream status with a name.</summary>
    /// <exception cref="FormatException">There is no such status.</exception>
    public static StreamStatus ParseStreamStatus(string name) => name switch
    {
        "CREATING" => StreamStatus.Creating,
        "DELETING" => StreamStatus.Deleting,
        "ACTIVE" => StreamStatus.Active,
        "UPDATING" => StreamStatus.Updating,
        _ => throw new FormatException($"'{name}' is not the status of a stream"),
    };

    /// <summary>Returns the consumer status with a name.</summary>
    /// <exception cref="FormatException">There is no such status.</exception>
    public static StreamConsumerStatus ParseConsumerStatus(string name) => name switch
    {
        "CREATING" => StreamConsumerStatus.Creating,
        "DELETING" => StreamConsumerStatus.Deleting,
        "ACTIVE" => StreamConsumerStatus.Active,
        _ => throw new FormatException($"'{name}' is not the status of a consumer"),
    };
}
