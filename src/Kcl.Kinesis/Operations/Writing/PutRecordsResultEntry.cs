namespace Kcl.Kinesis;

/// <summary>The result of one record of <c>PutRecords</c>: either its position or an error.</summary>
public sealed record PutRecordsResultEntry
{
    /// <summary>Gets the shard that stored the record; null if it was not stored.</summary>
    public ShardId? ShardId { get; init; }

    /// <summary>Gets the record's sequence number in the shard; null if it was not stored.</summary>
    public SequenceNumber? SequenceNumber { get; init; }

    /// <summary>
    /// Gets the service's error code, <c>ProvisionedThroughputExceededException</c> or <c>InternalFailure</c>; null if the record was
    /// stored.
    /// </summary>
    public string? ErrorCode { get; init; }

    /// <summary>Gets the service's message; null if the record was stored.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Gets a value indicating whether the record was stored.</summary>
    public bool Succeeded => ErrorCode is null;
}
