namespace Kcl.Kinesis.Aggregation;

/// <summary>One record to put, and the user records in it.</summary>
/// <param name="Entry">The record to put.</param>
/// <param name="PredictedShard">The shard that is expected to store it; null if that cannot be predicted.</param>
/// <param name="Members">The indexes of the user records.</param>
internal sealed record PlannedPut(PutRecordEntry Entry, ShardId? PredictedShard, IReadOnlyList<int> Members);
