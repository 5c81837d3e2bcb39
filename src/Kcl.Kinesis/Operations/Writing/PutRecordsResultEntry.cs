namespace Kcl.Kinesis;

/// <summary>The result of one record of <c>PutRecords</c>: either its position or an error.</summary>
/// <param name="ShardId">The shard, where the record was stored.</param>
/// <param name="SequenceNumber">Its number, where the record was stored.</param>
/// <param name="ErrorCode">
/// The service's error code, where it was not: <c>ProvisionedThroughputExceededException</c> or <c>InternalFailure</c>.
/// </param>
/// <param name="ErrorMessage">The service's message.</param>
public sealed record PutRecordsResultEntry(ShardId? ShardId, SequenceNumber? SequenceNumber, string? ErrorCode, string? ErrorMessage)
{
    /// <summary>Gets a value indicating whether the record was stored.</summary>
    public bool Succeeded => ErrorCode is null;
}
