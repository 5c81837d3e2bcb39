namespace Kcl.Kinesis;

/// <summary>What became of one record of <c>PutRecords</c>: either a place or an error.</summary>
/// <param name="ShardId">The shard, where the record was stored.</param>
/// <param name="SequenceNumber">Its number, where the record was stored.</param>
/// <param name="ErrorCode">The service's error code, where it was not: <c>ProvisionedThroughputExceededException</c> or <c>InternalFailure</c>.</param>
/// <param name="ErrorMessage">The service's words.</param>
public sealed record PutRecordsResultEntry(ShardId? ShardId, SequenceNumber? SequenceNumber, string? ErrorCode, string? ErrorMessage)
{
    /// <summary>Whether the record was stored.</summary>
    public bool Succeeded => ErrorCode is null;
}
