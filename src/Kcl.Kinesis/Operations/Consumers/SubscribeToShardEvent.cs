namespace Kcl.Kinesis;

/// <summary>One event of a subscription.</summary>
/// <param name="records">The records.</param>
/// <param name="continuationSequenceNumber">The number after which a later subscription continues; null at the end of the shard.</param>
/// <param name="millisBehindLatest">How far the records are behind the tip of the shard, in milliseconds; null if it is not known.</param>
/// <param name="childShards">The shards that continue this one, with the last event of the shard.</param>
/// <param name="byteCount">The size of the buffer that the records keep alive, in bytes.</param>
/// <param name="owner">Returns the buffer when it is disposed; null if the buffer is not pooled.</param>
public sealed class SubscribeToShardEvent(
    IReadOnlyList<KinesisRecord> records,
    SequenceNumber? continuationSequenceNumber,
    long? millisBehindLatest,
    IReadOnlyList<ChildShard> childShards,
    int byteCount,
    IDisposable? owner = null)
    : RecordsResult(records, millisBehindLatest, childShards, byteCount, owner)
{
    /// <summary>Gets the number after which a later subscription continues; null at the end of the shard.</summary>
    /// <remarks>It is not a checkpoint: it may be greater than that of the last record.</remarks>
    public SequenceNumber? ContinuationSequenceNumber { get; } = continuationSequenceNumber;

    /// <inheritdoc />
    public override bool IsEndOfShard => ContinuationSequenceNumber is null;
}
