using Kcl.Kinesis;

namespace Kcl.Retrieval;

/// <summary>
/// The unprocessed records of one response, with the resources that they need. The owner disposes it when the processor's call has
/// returned.
/// </summary>
internal sealed class RecordBatch : IDisposable
{
    private readonly IDisposable? _buffer;
    private readonly IDisposable? _reservation;

    /// <param name="records">The records, in shard order.</param>
    /// <param name="millisBehindLatest">How far the response is behind the tip, in milliseconds; null if that is not known.</param>
    /// <param name="children">The known child shards if the shard has ended; null if it has not.</param>
    /// <param name="buffer">The owner of the buffer of which the records are slices.</param>
    /// <param name="reservation">The bytes of the worker's budget that are reserved for the batch.</param>
    public RecordBatch(
        IReadOnlyList<KinesisRecord> records,
        long? millisBehindLatest,
        IReadOnlyList<ChildShard>? children,
        IDisposable? buffer,
        IDisposable? reservation)
    {
        Records = records;
        MillisBehindLatest = millisBehindLatest;
        IsShardEnd = children is not null;
        ChildShards = children ?? [];
        Last = records.Count > 0 ? records[^1].Position : null;
        _buffer = buffer;
        _reservation = reservation;
    }

    /// <summary>Gets the records, in shard order.</summary>
    public IReadOnlyList<KinesisRecord> Records { get; }

    /// <summary>Gets how far the response is behind the tip, in milliseconds; null if that is not known.</summary>
    public long? MillisBehindLatest { get; }

    /// <summary>Gets a value indicating whether the shard has no more records.</summary>
    public bool IsShardEnd { get; }

    /// <summary>Gets the known child shards; empty unless the shard has ended.</summary>
    public IReadOnlyList<ChildShard> ChildShards { get; }

    /// <summary>Gets the position of the last record; null if there is none.</summary>
    public ExtendedSequenceNumber? Last { get; }

    /// <summary>Gets the payload of all records, in bytes.</summary>
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
