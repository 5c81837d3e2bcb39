namespace Kcl.Kinesis;

/// <summary>The position at which a record was stored.</summary>
public sealed record PutRecordResult
{
    /// <summary>Gets the shard that stored the record.</summary>
    public required ShardId ShardId { get; init; }

    /// <summary>Gets the record's sequence number in the shard.</summary>
    public required SequenceNumber SequenceNumber { get; init; }
}
