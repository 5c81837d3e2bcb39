using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Kcl.Diagnostics;
using Kcl.Kinesis;
using Kcl.Retrieval.Aggregates;

namespace Kcl.Retrieval;

/// <summary>What every way of retrieval has in common: a bounded buffer between the reading and the processor, the bytes it may hold, and the position reading has come to.</summary>
/// <remarks>One task reads and accepts; another takes the batches.</remarks>
internal sealed class PrefetchBuffer : IDisposable
{
    private readonly KinesisConsumerOptions _options;
    private readonly TimeProvider _time;
    private readonly ShardMetrics _metrics;
    private readonly ByteBudget _budget;
    private readonly ByteBudget.Account _account;
    private readonly Channel<RecordBatch> _batches;
    private readonly ShardAggregates _aggregates;
    private readonly Lock _gate = new();
    private ReadPosition _origin;
    private long _millisBehindLatest = -1;
    private long _answered = long.MinValue;

    /// <param name="position">Where to begin.</param>
    /// <param name="aggregates">Takes the shard's aggregates apart.</param>
    /// <param name="options">The consumer's frozen options.</param>
    /// <param name="budget">The bytes all shards of the worker share.</param>
    /// <param name="metrics">The shard's.</param>
    /// <param name="time">The clock.</param>
    public PrefetchBuffer(
        ReadPosition position,
        ShardAggregates aggregates,
        KinesisConsumerOptions options,
        ByteBudget budget,
        ShardMetrics metrics,
        TimeProvider time)
    {
        (Position, _origin, _options, _budget, _account, _metrics, _time) = (position, position, options, budget, budget.Open(), metrics, time);
        _aggregates = aggregates;
        _batches = Channel.CreateBounded<RecordBatch>(new BoundedChannelOptions(options.MaxPrefetchedBatches)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
            SingleWriter = true,
            AllowSynchronousContinuations = false, // the reading must not end up running the processor
        });
    }

    /// <summary>Where reading goes on.</summary>
    public ReadPosition Position { get; private set; }

    /// <summary>Where this shard has been read from, in a form that names the same place for ever.</summary>
    public ReadPosition Origin
    {
        get { lock (_gate) { return _origin; } }
        private set { lock (_gate) { _origin = value; } }
    }

    public long? MillisBehindLatest => Volatile.Read(ref _millisBehindLatest) is >= 0 and var lag ? lag : null;

    public TimeSpan? SinceAnswer => Volatile.Read(ref _answered) is not long.MinValue and var answered ? _time.GetElapsedTime(answered) : null;

    public bool IsDrained => _batches.Reader.Count == 0;

    /// <summary>What each shard would have if the budget were shared out equally.</summary>
    public long FairShare => _budget.FairShare;

    public bool TryRead([NotNullWhen(true)] out RecordBatch? batch) => _batches.Reader.TryRead(out batch);

    public async ValueTask WaitToReadAsync(CancellationToken cancellationToken) => await _batches.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Waits until one more batch may be accepted; there is one writer, so the room that is found stays. False: the shard has ended.</summary>
    public ValueTask<bool> WaitForRoomAsync(CancellationToken cancellationToken) => _batches.Writer.WaitToWriteAsync(cancellationToken);

    /// <summary>Waits until an answer of a size may be read.</summary>
    public ValueTask<ByteBudget.Account.Reservation> ReserveAsync(long bytes, CancellationToken cancellationToken) => _account.ReserveAsync(bytes, cancellationToken);

    /// <summary>The service took the position: what was the newest record then is so no longer.</summary>
    /// <param name="instant">An instant before it was asked, from which nothing is missed that was put since.</param>
    public void Resolved(DateTimeOffset instant)
    {
        if (Position.Start.Type == StartingPositionType.Latest)
        {
            Origin = Position = Position.Resolved(instant);
        }
    }

    /// <summary>The service does not find the position: it is looked for from the oldest record on.</summary>
    public void GoToHorizon() => Position = Position.FromHorizon();

    /// <summary>Takes an answer over: its buffer and its reservation, whatever becomes of its records. There must be room.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="reservation">The bytes it takes.</param>
    /// <param name="cancellationToken">Abandons it: then the caller still owns both, and reading goes on where it was.</param>
    public async ValueTask AcceptAsync(
        ReadResult answer, ByteBudget.Account.Reservation reservation, CancellationToken cancellationToken)
    {
        _metrics.Read(answer.Records.Count, answer.ByteCount);
        Volatile.Write(ref _answered, _time.GetTimestamp());
        Volatile.Write(ref _millisBehindLatest, answer.MillisBehindLatest ?? -1);
        var users = await _aggregates.ExpandAsync(answer.Records, cancellationToken).ConfigureAwait(false);
        var records = Unprocessed(answer.Records, users);
        if (answer.ContinueAfter is { } number && !answer.IsShardEnd)
        {
            Position = ReadPosition.After(number) with { ProcessedThrough = Position.ProcessedThrough };
        }

        if (records.Count > 0 || answer.IsShardEnd || _options.DeliverEmptyBatches)
        {
            _batches.Writer.TryWrite(new RecordBatch(records, answer.MillisBehindLatest, answer.IsShardEnd, answer.ChildShards, answer.Buffer, reservation));
        }
        else
        {
            if (IsDrained && answer.MillisBehindLatest is { } lag)
            {
                _metrics.Lag(lag);
            }

            answer.Buffer?.Dispose();
            reservation.Dispose();
        }

        if (answer.IsShardEnd)
        {
            _batches.Writer.TryComplete();
        }
    }

    /// <summary>The shard has ended, as the shard list says, without a last answer.</summary>
    /// <param name="children">The shards that continue it.</param>
    public void End(IReadOnlyList<ChildShard> children)
    {
        _batches.Writer.TryWrite(new RecordBatch([], null, isShardEnd: true, children, buffer: null, reservation: null));
        _batches.Writer.TryComplete();
    }

    /// <summary>Drops what was accepted and not read. Nothing may be accepted any more.</summary>
    public void Dispose()
    {
        _batches.Writer.TryComplete();
        while (_batches.Reader.TryRead(out var batch))
        {
            batch.Dispose();
        }

        _account.Dispose();
    }

    /// <summary>The user records that are to be processed. Reading goes on after the Kinesis records they came in, whatever became of those.</summary>
    private IReadOnlyList<KinesisRecord> Unprocessed(IReadOnlyList<KinesisRecord> records, IReadOnlyList<KinesisRecord> users)
    {
        if (records.Count == 0)
        {
            return records;
        }

        var processed = Position.CountProcessed(users);
        var last = records[^1];
        if (processed == users.Count)
        {
            // Still before the checkpoint: it stays in force, wherever reading goes on.
            Position = ReadPosition.After(last.SequenceNumber) with { ProcessedThrough = Position.ProcessedThrough };
            return [];
        }

        if (Origin.Start.Type == StartingPositionType.AtTimestamp)
        {
            Origin = new(StartingPosition.At(users[processed].SequenceNumber));
        }

        Position = ReadPosition.After(last.SequenceNumber);
        return processed == 0 ? users : [.. users.Skip(processed)];
    }
}

/// <summary>One answer of the service, by whatever way it came.</summary>
/// <param name="Records">The records, in shard order.</param>
/// <param name="MillisBehindLatest">How far it is behind the tip.</param>
/// <param name="IsShardEnd">Whether there are no more.</param>
/// <param name="ChildShards">The shards that continue this one, at its end.</param>
/// <param name="ByteCount">What the answer weighs.</param>
/// <param name="Buffer">What the records are slices of.</param>
/// <param name="ContinueAfter">Where reading goes on, if the answer says so; it may lie beyond the last record.</param>
internal readonly record struct ReadResult(
    IReadOnlyList<KinesisRecord> Records, long? MillisBehindLatest, bool IsShardEnd, IReadOnlyList<ChildShard> ChildShards, int ByteCount, IDisposable? Buffer, SequenceNumber? ContinueAfter = null);
