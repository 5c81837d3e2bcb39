namespace Kcl.Kinesis;

/// <summary>The result of one call of <c>GetRecords</c>.</summary>
/// <param name="records">The records.</param>
/// <param name="nextShardIterator">The iterator of the next call; null at the end of the shard.</param>
/// <param name="millisBehindLatest">How far the records are behind the tip of the shard, in milliseconds; null if it is not known.</param>
/// <param name="childShards">The shards that continue this one, with the last result of the shard.</param>
/// <param name="byteCount">The size of the buffer that the records keep alive, in bytes.</param>
/// <param name="owner">Returns the buffer when it is disposed; null if the buffer is not pooled.</param>
public sealed class GetRecordsResult(
    IReadOnlyList<KinesisRecord> records,
    string? nextShardIterator,
    long? millisBehindLatest,
    IReadOnlyList<ChildShard> childShards,
    int byteCount,
    IDisposable? owner = null)
    : RecordsResult(records, millisBehindLatest, childShards, byteCount, owner)
{
    /// <summary>Gets the iterator of the next call; null at the end of the shard.</summary>
    public string? NextShardIterator { get; } = nextShardIterator;

    /// <inheritdoc />
    public override bool IsEndOfShard => NextShardIterator is null;
}
