using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Kcl.Diagnostics;
using Kcl.Kinesis;
using Kcl.Retrieval.Aggregates;

namespace Kcl.Retrieval;

/// <summary>A buffer of batches between the reader of a shard and its processor, bounded in batches and bytes.</summary>
/// <remarks>One task reads and accepts; another takes the batches.</remarks>
internal sealed class PrefetchBuffer : IDisposable
{
    private readonly bool _deliverEmptyBatches;
    private readonly ReadCursor _cursor;
    private readonly ShardAggregates _aggregates;
    private readonly TimeProvider _time;
    private readonly ShardMetrics _metrics;
    private readonly ByteBudget _budget;
    private readonly ByteBudget.Account _account;
    private readonly Channel<RecordBatch> _batches;
    private long _millisBehindLatest = -1;
    private long _respondedAt = long.MinValue;

    /// <param name="context">The context of the retrieval.</param>
    /// <param name="cursor">The position of reading; advanced by accepted responses.</param>
    /// <param name="aggregates">Expands the shard's aggregates.</param>
    public PrefetchBuffer(RetrievalContext context, ReadCursor cursor, ShardAggregates aggregates)
    {
        _deliverEmptyBatches = context.Settings.DeliverEmptyBatches;
        _cursor = cursor;
        _aggregates = aggregates;
        _time = context.Time;
        _metrics = context.Metrics;
        _budget = context.Budget;
        _account = context.Budget.Open();
        _batches = Channel.CreateBounded<RecordBatch>(new BoundedChannelOptions(context.Settings.MaxPrefetchedBatches)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
            SingleWriter = true,
            AllowSynchronousContinuations = false, // the reading task must not run the processor
        });
    }

    /// <summary>Gets the lag of the last response; null if it is not known.</summary>
    public long? MillisBehindLatest => Volatile.Read(ref _millisBehindLatest) is >= 0 and var lag ? lag : null;

    /// <summary>Gets the time since the last response was accepted; null before the first.</summary>
    public TimeSpan? SinceResponse =>
        Volatile.Read(ref _respondedAt) is not long.MinValue and var answered ? _time.GetElapsedTime(answered) : null;

    /// <summary>Gets a value indicating whether the buffer is empty.</summary>
    public bool IsDrained => _batches.Reader.Count == 0;

    /// <summary>Gets the number of bytes that each shard would have if the budget were shared equally.</summary>
    public long FairShare => _budget.FairShare;

    /// <summary>Takes the next batch if there is one.</summary>
    public bool TryRead([NotNullWhen(true)] out RecordBatch? batch) => _batches.Reader.TryRead(out batch);

    /// <summary>Waits until <see cref="TryRead"/> may succeed.</summary>
    public async ValueTask WaitToReadAsync(CancellationToken cancellationToken) =>
        await _batches.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Waits until another batch may be accepted. The room remains available, because there is only one writer.</summary>
    /// <returns>True if a batch may be accepted; otherwise, false: the shard has ended.</returns>
    public ValueTask<bool> WaitForRoomAsync(CancellationToken cancellationToken) => _batches.Writer.WaitToWriteAsync(cancellationToken);

    /// <summary>Waits until a response of a given size may be read.</summary>
    public ValueTask<ByteBudget.Account.Reservation> ReserveAsync(long bytes, CancellationToken cancellationToken) =>
        _account.ReserveAsync(bytes, cancellationToken);

    /// <summary>
    /// Accepts a response, with its buffer and its reservation, whether or not its records are delivered. There must be room.
    /// </summary>
    /// <param name="read">The response.</param>
    /// <param name="continueAfter">The sequence number after which reading continues; null if the service returned none.</param>
    /// <param name="children">The child shards if the shard has ended; null if it has not.</param>
    /// <param name="reservation">The bytes reserved for the response.</param>
    /// <param name="cancellationToken">
    /// Cancels the operation. The caller then still owns the buffer and the reservation, and the position of reading does not change.
    /// </param>
    public async ValueTask AcceptAsync(
        RecordsResult read,
        SequenceNumber? continueAfter,
        IReadOnlyList<ChildShard>? children,
        ByteBudget.Account.Reservation reservation,
        CancellationToken cancellationToken)
    {
        _metrics.Read(read.Records.Count, read.ByteCount);
        Volatile.Write(ref _respondedAt, _time.GetTimestamp());
        Volatile.Write(ref _millisBehindLatest, read.MillisBehindLatest ?? -1);
        var users = await _aggregates.ExpandAsync(read.Records, cancellationToken).ConfigureAwait(false);
        var records = _cursor.Advance(read.Records, users);
        if (children is null && continueAfter is { } number)
        {
            _cursor.AdvanceTo(number);
        }

        if (records.Count > 0 || children is not null || _deliverEmptyBatches)
        {
            _batches.Writer.TryWrite(new RecordBatch(records, read.MillisBehindLatest, children, read, reservation));
        }
        else
        {
            if (IsDrained && read.MillisBehindLatest is { } lag)
            {
                _metrics.Lag(lag);
            }

            read.Dispose();
            reservation.Dispose();
        }

        if (children is not null)
        {
            _batches.Writer.TryComplete();
        }
    }

    /// <summary>Ends the buffer without a last response, because the shard list shows that the shard has ended.</summary>
    /// <param name="children">The child shards.</param>
    public void End(IReadOnlyList<ChildShard> children)
    {
        _batches.Writer.TryWrite(new RecordBatch([], null, children, buffer: null, reservation: null));
        _batches.Writer.TryComplete();
    }

    /// <summary>Drops the batches that were not taken. Nothing may be accepted afterwards.</summary>
    public void Dispose()
    {
        _batches.Writer.TryComplete();
        while (_batches.Reader.TryRead(out var batch))
        {
            batch.Dispose();
        }

        _account.Dispose();
    }
}
