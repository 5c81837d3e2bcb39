namespace Kcl.LocalKinesis.Handlers.Records;

/// <summary>The result of appending a record.</summary>
/// <param name="ShardIndex">The index of the shard to which the record belongs.</param>
/// <param name="IsStored">True if it was appended; false if the throughput of the shard is exceeded.</param>
internal readonly record struct AppendResult(int ShardIndex, bool IsStored);
