namespace Kcl.LocalKinesis.Handlers.Records;

/// <summary>The result of appending a record.</summary>
/// <param name="ShardIndex">The shard that the record belongs to.</param>
/// <param name="IsStored">Whether it was appended; otherwise the shard's throughput is exceeded.</param>
internal readonly record struct AppendResult(int ShardIndex, bool IsStored);
