namespace Kcl.Kinesis;

/// <summary>What one call of <c>GetRecords</c> brought. Disposing it gives its buffer back where the request asked for one of the pool; else it does nothing.</summary>
/// <param name="records">The records.</param>
/// <param name="nextShardIterator">Where the next call goes on; null at the end of the shard.</param>
/// <param name="millisBehindLatest">How far the response is behind the tip.</param>
/// <param name="childShards">The shards that continue this one, with the last response.</param>
/// <param name="byteCount">The size of the buffer the records keep alive.</param>
/// <param name="owner">Gets the buffer back.</param>
public sealed class GetRecordsResult(IReadOnlyList<KinesisRecord> records, string? nextShardIterator, long? millisBehindLatest, IReadOnlyList<ChildShard> childShards, int byteCount, IDisposable? owner = null) : IDisposable
{
    private IDisposable? _owner = owner;

    /// <summary>The records, in shard order.</summary>
    public IReadOnlyList<KinesisRecord> Records { get; } = records;

    /// <summary>Where the next call goes on; null at the end of the shard.</summary>
    public string? NextShardIterator { get; } = nextShardIterator;

    /// <summary>How far the response is behind the tip of the shard, in milliseconds; null where the server did not say.</summary>
    public long? MillisBehindLatest { get; } = millisBehindLatest;

    /// <summary>The shards that continue this one; empty unless it has ended. Some servers never tell.</summary>
    public IReadOnlyList<ChildShard> ChildShards { get; } = childShards;

    /// <summary>The size of the buffer the records keep alive, in bytes.</summary>
    public int ByteCount { get; } = byteCount;

    /// <inheritdoc />
    public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Dispose();
}
