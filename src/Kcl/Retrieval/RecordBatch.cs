using Kcl.Kinesis;

namespace Kcl.Retrieval;

/// <summary>The records of one answer that are to be processed, and what keeps them alive. Whoever holds the batch disposes it when the processor's call has returned.</summary>
internal sealed class RecordBatch : IDisposable
{
    private readonly IDisposable? _buffer;
    private readonly IDisposable? _reservation;

    /// <param name="records">The records, in shard order.</param>
    /// <param name="millisBehindLatest">How far the answer is behind the tip.</param>
    /// <param name="isShardEnd">Whether the shard has no more records.</param>
    /// <param name="childShards">The shards that continue it; only at its end, and only where known.</param>
    /// <param name="buffer">What the records are slices of.</param>
    /// <param name="reservation">The bytes it takes of the worker's budget.</param>
    public RecordBatch(IReadOnlyList<KinesisRecord> records, long? millisBehindLatest, bool isShardEnd, IReadOnlyList<ChildShard> childShards, IDisposable? buffer, IDisposable? reservation)
    {
        (Records, MillisBehindLatest, IsShardEnd, ChildShards) = (records, millisBehindLatest, isShardEnd, childShards);
        (_buffer, _reservation) = (buffer, reservation);
        Last = records.Count > 0 ? records[^1].Position : null;
    }

    public IReadOnlyList<KinesisRecord> Records { get; }

    public long? MillisBehindLatest { get; }

    public bool IsShardEnd { get; }

    public IReadOnlyList<ChildShard> ChildShards { get; }

    /// <summary>The position of the last record; null where there is none.</summary>
    public ExtendedSequenceNumber? Last { get; }

    /// <summary>The payload bytes of all records.</summary>
    public long PayloadBytes
    {
        get
        {
            long bytes = 0;
            for (var i = 0; i < Records.Count; i++)
            {
                bytes += Records[i].Data.Length;
            }

            return bytes;
        }
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _reservation?.Dispose();
    }
}
