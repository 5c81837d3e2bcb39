using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Kcl.Consuming;
using Kcl.Diagnostics;
using Kcl.Internal;
using Kcl.Kinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval.Polling;

/// <summary>Reads a shard with <c>GetRecords</c>, ahead of its processor but never further than batches and bytes allow.</summary>
internal sealed class PollingRecordSource : IRecordSource
{
    /// <summary>Iterators live for five minutes; one this old is replaced before it is used.</summary>
    public static readonly TimeSpan IteratorLifetime = TimeSpan.FromMinutes(4.5);

    private static readonly TimeSpan ForEver = TimeSpan.MaxValue;

    private readonly ShardId _shardId;
    private readonly KinesisConsumerOptions _options;
    private readonly KinesisConsumerServices _services;
    private readonly IShardCoordination _coordination;
    private readonly ByteBudget _budget;
    private readonly ByteBudget.Account _account;
    private readonly ShardMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationToken _stopFetching;
    private readonly Channel<RecordBatch> _fetched;
    private readonly SupervisedLoop _loop;
    private readonly long _created;
    private readonly RepeatGuard _reports;
    private readonly Lock _gate = new();

    private ReadPosition _position;
    private ReadPosition _origin;
    private string? _iterator;
    private long _iteratorIssued;
    private PollingPace _pace;
    private ResponseSize _size = ResponseSize.Unknown;
    private long _millisBehindLatest = -1;
    private long _answered = long.MinValue;
    private bool _disposed;

    /// <param name="shardId">The shard.</param>
    /// <param name="position">Where to begin.</param>
    /// <param name="options">The consumer's frozen options.</param>
    /// <param name="services">What the consumer stands on.</param>
    /// <param name="coordination">Asked for the shard list's opinion when the service says that the shard has ended.</param>
    /// <param name="budget">The bytes all shards of the worker share.</param>
    /// <param name="metrics">The shard's.</param>
    /// <param name="logger">Where failures are reported.</param>
    /// <param name="stopFetching">Cancelled when nothing more is to be fetched. What was fetched stays readable.</param>
    public PollingRecordSource(
        ShardId shardId,
        ReadPosition position,
        KinesisConsumerOptions options,
        KinesisConsumerServices services,
        IShardCoordination coordination,
        ByteBudget budget,
        ShardMetrics metrics,
        ILogger logger,
        CancellationToken stopFetching)
    {
        (_shardId, _position, _origin, _options, _services, _coordination) = (shardId, position, position, options, services, coordination);
        (_budget, _account, _metrics, _logger, _stopFetching) = (budget, budget.Open(), metrics, logger, stopFetching);
        _created = services.Time.GetTimestamp();
        _pace = PollingPace.Start(TimeSpan.Zero);
        _reports = new RepeatGuard(TimeSpan.FromMinutes(1), services.Time);
        _fetched = Channel.CreateBounded<RecordBatch>(new BoundedChannelOptions(options.MaxPrefetchedBatches)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
            SingleWriter = true,
            AllowSynchronousContinuations = false, // the fetching must not end up running the processor
        });
        var backoff = new Backoff(options.IdleTimeBetweenReads * 2, TimeSpan.FromSeconds(10), services.Random, options.IdleTimeBetweenReads);
        _loop = new SupervisedLoop($"polling {shardId}", FetchAsync, backoff, services.Time, logger);
        _loop.Start();
    }

    public long? MillisBehindLatest => Volatile.Read(ref _millisBehindLatest) is >= 0 and var lag ? lag : null;

    public bool IsDrained => _fetched.Reader.Count == 0;

    public ReadPosition Origin
    {
        get { lock (_gate) { return _origin; } }
        private set { lock (_gate) { _origin = value; } }
    }

    public TimeSpan? SinceAnswer => Volatile.Read(ref _answered) is not long.MinValue and var answered ? _services.Time.GetElapsedTime(answered) : null;

    public bool TryRead([NotNullWhen(true)] out RecordBatch? batch) => _fetched.Reader.TryRead(out batch);

    public async ValueTask WaitToReadAsync(CancellationToken cancellationToken) => await _fetched.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            await _loop.DisposeAsync().ConfigureAwait(false);
            _fetched.Writer.TryComplete();
            while (_fetched.Reader.TryRead(out var batch))
            {
                batch.Dispose();
            }

            _account.Dispose();
        }
    }

    /// <summary>One round of the loop: one read, when there is room for what it brings.</summary>
    private async ValueTask<TimeSpan> FetchAsync(CancellationToken cancellationToken)
    {
        // There is one writer, so the room that is found stays. False: the shard has ended.
        if (_stopFetching.IsCancellationRequested || !await _fetched.Writer.WaitToWriteAsync(cancellationToken).ConfigureAwait(false))
        {
            return ForEver;
        }

        var limit = _size.Limit(_budget.FairShare, _options.MaxRecords);
        var reservation = await _account.ReserveAsync(_size.Reservation(limit), cancellationToken).ConfigureAwait(false);
        try
        {
            if (_stopFetching.IsCancellationRequested)
            {
                return ForEver;
            }

            var iterator = await GetIteratorAsync(cancellationToken).ConfigureAwait(false);
            var request = new GetRecordsRequest(_options.Stream, iterator, limit, _options.ReuseRecordBuffers);
            var result = await _services.Kinesis.GetRecordsAsync(request, cancellationToken).ConfigureAwait(false);
            var accepted = false;
            try
            {
                reservation.Correct(result.ByteCount);
                (accepted, var pause) = await AcceptAsync(result, limit, reservation, cancellationToken).ConfigureAwait(false);
                return pause;
            }
            finally
            {
                if (accepted)
                {
                    reservation = null; // the batch has it now
                }
                else
                {
                    result.Dispose();
                }
            }
        }
        catch (KinesisException exception)
        {
            return await RecoverAsync(exception, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            reservation?.Dispose();
        }
    }

    private async ValueTask<string> GetIteratorAsync(CancellationToken cancellationToken)
    {
        if (_iterator is { } iterator && _services.Time.GetElapsedTime(_iteratorIssued) < IteratorLifetime)
        {
            return iterator;
        }

        var asked = _services.Time.GetUtcNow();
        iterator = await _services.Kinesis.GetShardIteratorAsync(_options.Stream, _shardId, _position.Start, cancellationToken).ConfigureAwait(false);
        Use(iterator);
        if (_position.Start.Type == StartingPositionType.Latest)
        {
            Origin = _position = _position.Resolved(asked);
        }

        return iterator;
    }

    /// <summary>Takes an answer over.</summary>
    /// <returns>Whether a batch owns it now, and the pause before the next read.</returns>
    private async ValueTask<(bool Accepted, TimeSpan Pause)> AcceptAsync(GetRecordsResult result, int limit, ByteBudget.Account.Reservation reservation, CancellationToken cancellationToken)
    {
        var children = result.ChildShards;
        var verdict = ShardEndRules.Judge(result.NextShardIterator, children);
        if (verdict == ResponseVerdict.MayHaveEnded)
        {
            var listing = await _coordination.LookUpShardAsync(_shardId, cancellationToken).ConfigureAwait(false);
            (verdict, children) = ShardEndRules.AfterLastAnswer(listing.Exists, listing.IsOpen) == EndVerdict.Ended
                ? (ResponseVerdict.Ended, listing.Children)
                : (ResponseVerdict.Invalid, children);
        }

        if (verdict == ResponseVerdict.Invalid)
        {
            if (_reports.ShouldReport())
            {
                _logger.ReadAnswerContradictory(_shardId, result.NextShardIterator is null, children.Count);
            }

            _iterator = null;
            return (false, Failed());
        }

        _metrics.Read(result.Records.Count, result.ByteCount);
        Volatile.Write(ref _answered, _services.Time.GetTimestamp());
        _size = _size.After(result.Records.Count, result.ByteCount);
        Volatile.Write(ref _millisBehindLatest, result.MillisBehindLatest ?? -1);
        var ended = verdict == ResponseVerdict.Ended;
        var records = Unprocessed(result.Records);
        if (records.Count > 0 || ended || _options.CallProcessRecordsEvenForEmptyRecordList)
        {
            var batch = new RecordBatch(records, result.MillisBehindLatest, ended, ended ? children : [], result, reservation);
            if (!_fetched.Writer.TryWrite(batch))
            {
                return (false, ForEver); // disposed meanwhile
            }
        }
        else
        {
            if (IsDrained && result.MillisBehindLatest is { } lag)
            {
                _metrics.Lag(lag);
            }

            result.Dispose();
            reservation.Dispose();
        }

        if (ended)
        {
            _fetched.Writer.Complete();
            return (true, ForEver);
        }

        if (result.NextShardIterator is { } next)
        {
            Use(next);
        }

        var behind = result.MillisBehindLatest > 0 || result.Records.Count >= limit;
        (_pace, var pause) = _pace.AfterRead(Elapsed, result.Records.Count, result.ByteCount, behind, _options.IdleTimeBetweenReads);
        return (true, pause);
    }

    private IReadOnlyList<KinesisRecord> Unprocessed(IReadOnlyList<KinesisRecord> records)
    {
        if (records.Count == 0)
        {
            return records;
        }

        var processed = _position.CountProcessed(records);
        var last = records[^1];
        if (processed == records.Count)
        {
            // Still before the checkpoint: it stays in force, wherever reading goes on.
            _position = ReadPosition.After(last.SequenceNumber) with { ProcessedThrough = _position.ProcessedThrough };
            return [];
        }

        if (Origin.Start.Type == StartingPositionType.AtTimestamp)
        {
            Origin = new(StartingPosition.At(records[processed].SequenceNumber));
        }

        _position = ReadPosition.After(last.SequenceNumber);
        return processed == 0 ? records : [.. records.Skip(processed)];
    }

    private async ValueTask<TimeSpan> RecoverAsync(KinesisException exception, CancellationToken cancellationToken)
    {
        _metrics.ReadFailed(exception.Code);
        switch (exception.Code)
        {
            case KinesisErrorCode.ExpiredIterator:
            case KinesisErrorCode.InvalidArgument:
                // Without an iterator it was the position that was refused, and will be again.
                var pause = _iterator is null ? Failed() : Advance(_pace.AfterRefusedIterator(Elapsed, Jitter(), _options.IdleTimeBetweenReads));
                _iterator = null;
                Report(exception, pause);
                return pause;

            case KinesisErrorCode.Throttled:
            case KinesisErrorCode.LimitExceeded:
                pause = Advance(_pace.AfterThrottle(Elapsed, Jitter()));
                _logger.ReadThrottled(_shardId, _pace.Failures, pause);
                return pause;

            case KinesisErrorCode.ResourceNotFound:
                return await NotFoundAsync(exception, cancellationToken).ConfigureAwait(false);

            default:
                pause = Failed();
                Report(exception, pause);
                return pause;
        }
    }

    private async ValueTask<TimeSpan> NotFoundAsync(KinesisException exception, CancellationToken cancellationToken)
    {
        _iterator = null;
        ShardListing listing;
        try
        {
            listing = await _coordination.LookUpShardAsync(_shardId, cancellationToken).ConfigureAwait(false);
        }
        catch (KinesisException unknown)
        {
            // The stream itself may be gone; whether the shard has ended cannot be told, so it has not.
            var rest = Failed();
            Report(unknown, rest);
            return rest;
        }

        var verdict = ShardEndRules.AfterNotFound(listing.Exists, listing.IsOpen, _position.Start.Type);
        if (verdict == EndVerdict.Ended)
        {
            _logger.ShardGone(_shardId, listing.Exists, listing.Children.Count);
            _fetched.Writer.TryWrite(new RecordBatch([], null, isShardEnd: true, listing.Children, buffer: null, reservation: null));
            _fetched.Writer.TryComplete();
            return ForEver;
        }

        if (verdict == EndVerdict.ReadFromHorizon)
        {
            _position = _position.FromHorizon();
        }

        var pause = Failed();
        Report(exception, pause);
        return pause;
    }

    private TimeSpan Elapsed => _services.Time.GetElapsedTime(_created);

    private void Use(string iterator) => (_iterator, _iteratorIssued) = (iterator, _services.Time.GetTimestamp());

    private TimeSpan Failed() => Advance(_pace.AfterFailure(Elapsed, Jitter(), _options.IdleTimeBetweenReads));

    private TimeSpan Advance((PollingPace Pace, TimeSpan Pause) step)
    {
        _pace = step.Pace;
        return step.Pause;
    }

    private void Report(KinesisException exception, TimeSpan pause)
    {
        if (_reports.ShouldReport())
        {
            _logger.ReadFailed(exception, _shardId, _pace.Failures, pause);
        }
    }

    private double Jitter()
    {
        lock (_services.Random)
        {
            return _services.Random.NextDouble();
        }
    }
}
