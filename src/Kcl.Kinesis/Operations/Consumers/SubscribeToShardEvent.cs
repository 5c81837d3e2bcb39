namespace Kcl.Kinesis;

/// <summary>One event of a subscription. Disposing it gives its buffer back where the request asked for buffers of the pool; else it does nothing.</summary>
/// <param name="records">The records.</param>
/// <param name="continuationSequenceNumber">Where a later subscription goes on.</param>
/// <param name="millisBehindLatest">How far the event is behind the tip.</param>
/// <param name="childShards">The shards that continue this one, with the last event.</param>
/// <param name="byteCount">The size of the buffer the records keep alive.</param>
/// <param name="owner">Gets the buffer back.</param>
public sealed class SubscribeToShardEvent(
    IReadOnlyList<KinesisRecord> records, SequenceNumber? continuationSequenceNumber, long? millisBehindLatest, IReadOnlyList<ChildShard> childShards, int byteCount, IDisposable? owner = null) : IDisposable
{
    private IDisposable? _owner = owner;

    /// <summary>The records, in shard order; often none.</summary>
    public IReadOnlyList<KinesisRecord> Records { get; } = records;

    /// <summary>After which number a later subscription goes on; null at the end of the shard. Not a checkpoint: it may lie beyond the last record.</summary>
    public SequenceNumber? ContinuationSequenceNumber { get; } = continuationSequenceNumber;

    /// <summary>How far the event is behind the tip of the shard, in milliseconds; null where the server did not say.</summary>
    public long? MillisBehindLatest { get; } = millisBehindLatest;

    /// <summary>The shards that continue this one; empty unless it has ended. Some servers never tell.</summary>
    public IReadOnlyList<ChildShard> ChildShards { get; } = childShards;

    /// <summary>The size of the buffer the records keep alive, in bytes.</summary>
    public int ByteCount { get; } = byteCount;

    /// <inheritdoc />
    public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Dispose();
}
