namespace Kcl.Kinesis;

/// <summary>Where a record was stored.</summary>
/// <param name="ShardId">The shard.</param>
/// <param name="SequenceNumber">The record's number there.</param>
public sealed record PutRecordResult(ShardId ShardId, SequenceNumber SequenceNumber);
