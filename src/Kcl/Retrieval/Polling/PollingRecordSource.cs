using System.Diagnostics.CodeAnalysis;
using Kcl.Consuming;
using Kcl.Diagnostics;
using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Retrieval.Aggregates;
using Kcl.Streams;
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
    private readonly ShardEnd _end;
    private readonly PrefetchBuffer _intake;
    private readonly ShardMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationToken _stopFetching;
    private readonly SupervisedLoop _loop;
    private readonly long _created;
    private readonly LogThrottle _reports;

    private string? _iterator;
    private long _iteratorIssued;
    private PollingPace _pace;
    private ResponseSize _size = ResponseSize.Unknown;
    private bool _disposed;

    /// <param name="shardId">The shard.</param>
    /// <param name="position">Where to begin.</param>
    /// <param name="aggregates">Takes the shard's aggregates apart.</param>
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
        ShardAggregates aggregates,
        KinesisConsumerOptions options,
        KinesisConsumerServices services,
        IShardCoordination coordination,
        ByteBudget budget,
        ShardMetrics metrics,
        ILogger logger,
        CancellationToken stopFetching)
    {
        (_shardId, _options, _services, _metrics, _logger, _stopFetching) = (shardId, options, services, metrics, logger, stopFetching);
        _end = new(coordination, shardId, services.TimeProvider);
        _intake = new PrefetchBuffer(position, aggregates, options, budget, metrics, services.TimeProvider);
        _created = services.TimeProvider.GetTimestamp();
        _pace = PollingPace.Start(TimeSpan.Zero);
        _reports = new LogThrottle(TimeSpan.FromMinutes(1), services.TimeProvider);
        var backoff = new Backoff(options.IdleTimeBetweenReads * 2, TimeSpan.FromSeconds(10), services.Random, options.IdleTimeBetweenReads);
        _loop = new SupervisedLoop($"polling {shardId}", FetchAsync, backoff, services.TimeProvider, logger);
        _loop.Start();
    }

    public long? MillisBehindLatest => _intake.MillisBehindLatest;

    public bool IsDrained => _intake.IsDrained;

    public TimeSpan? SinceAnswer => _intake.SinceAnswer;

    public ReadPosition Origin => _intake.Origin;

    public bool TryRead([NotNullWhen(true)] out RecordBatch? batch) => _intake.TryRead(out batch);

    public ValueTask WaitToReadAsync(CancellationToken cancellationToken) => _intake.WaitToReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            await _loop.DisposeAsync().ConfigureAwait(false);
            _intake.Dispose();
        }
    }

    /// <summary>One round of the loop: one read, when there is room for what it brings.</summary>
    private async ValueTask<TimeSpan> FetchAsync(CancellationToken cancellationToken)
    {
        if (_stopFetching.IsCancellationRequested || !await _intake.WaitForRoomAsync(cancellationToken).ConfigureAwait(false))
        {
            return ForEver;
        }

        var limit = _size.Limit(_intake.FairShare, _options.MaxRecords);
        var reservation = await _intake.ReserveAsync(_size.Reservation(limit), cancellationToken).ConfigureAwait(false);
        try
        {
            if (_stopFetching.IsCancellationRequested)
            {
                return ForEver;
            }

            var iterator = await GetIteratorAsync(cancellationToken).ConfigureAwait(false);
            var request = new GetRecordsRequest(_options.Stream.Identifier, iterator, limit, _options.ReuseRecordBuffers);
            var result = await _services.KinesisClient.GetRecordsAsync(request, cancellationToken).ConfigureAwait(false);
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
        if (_iterator is { } iterator && _services.TimeProvider.GetElapsedTime(_iteratorIssued) < IteratorLifetime)
        {
            return iterator;
        }

        var asked = StartInstant.Now(_services.KinesisClient, _services.TimeProvider);
        var start = _intake.Position.Start;

        // Also if the call fails: asked for once more, the tip would be another one.
        _intake.Resolved(asked);
        iterator = await _services.KinesisClient.GetShardIteratorAsync(_options.Stream.Identifier, _shardId, start, cancellationToken).ConfigureAwait(false);
        Use(iterator);
        return iterator;
    }

    /// <summary>Takes an answer over.</summary>
    /// <returns>Whether a batch owns it now, and the pause before the next read.</returns>
    private async ValueTask<(bool Accepted, TimeSpan Pause)> AcceptAsync(GetRecordsResult result, int limit, ByteBudget.Account.Reservation reservation, CancellationToken cancellationToken)
    {
        var (verdict, children) = await _end.JudgeAsync(result.NextShardIterator is not null, result.ChildShards, cancellationToken).ConfigureAwait(false);
        if (verdict == ResponseVerdict.Invalid)
        {
            if (_reports.ShouldReport())
            {
                _logger.ReadAnswerContradictory(_shardId, result.NextShardIterator is null, children.Count);
            }

            _iterator = null;
            return (false, Failed());
        }

        var (count, bytes, lag) = (result.Records.Count, result.ByteCount, result.MillisBehindLatest);
        _size = _size.After(count, bytes);
        var ended = verdict == ResponseVerdict.Ended;
        var answer = new ReadResult(result.Records, lag, ended, ended ? children : [], bytes, result);
        await _intake.AcceptAsync(answer, reservation, cancellationToken).ConfigureAwait(false);
        if (ended)
        {
            return (true, ForEver);
        }

        if (result.NextShardIterator is { } next)
        {
            Use(next);
        }

        (_pace, var pause) = _pace.AfterRead(Elapsed, count, bytes, lag > 0 || count >= limit, _options.IdleTimeBetweenReads);
        return (true, pause);
    }

    private async ValueTask<TimeSpan> RecoverAsync(KinesisException exception, CancellationToken cancellationToken)
    {
        _metrics.ReadFailed(exception.Code);
        switch (exception.Code)
        {
            case KinesisErrorCode.ExpiredIterator:
            case KinesisErrorCode.InvalidArgument:
                // Without an iterator it was the position that was refused, and will be again.
                if (_iterator is null)
                {
                    return await PositionRefusedAsync(exception, cancellationToken).ConfigureAwait(false);
                }

                var pause = Advance(_pace.AfterRefusedIterator(Elapsed, Jitter(), _options.IdleTimeBetweenReads));
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

    private async ValueTask<TimeSpan> PositionRefusedAsync(KinesisException exception, CancellationToken cancellationToken)
    {
        try
        {
            if (await _end.AfterRefusalAsync(_intake.Position.Start, cancellationToken).ConfigureAwait(false) == ShardEndDecision.ReadFromHorizon)
            {
                _logger.PositionBeforeShard(_shardId, _intake.Position.Start.SequenceNumber!.Value);
                _intake.GoToHorizon();
            }
        }
        catch (KclException unknown)
        {
            return Unanswered(unknown);
        }

        return Unanswered(exception);
    }

    private async ValueTask<TimeSpan> NotFoundAsync(KinesisException exception, CancellationToken cancellationToken)
    {
        _iterator = null;
        try
        {
            var (verdict, listing) = await _end.AfterNotFoundAsync(_intake.Position.Start, cancellationToken).ConfigureAwait(false);
            switch (verdict)
            {
                case ShardEndDecision.Ended:
                    _logger.ShardGone(_shardId, listing.Exists, listing.Children.Count);
                    _intake.End(listing.Children);
                    return ForEver;
                case ShardEndDecision.ReadFromHorizon:
                    _intake.GoToHorizon();
                    break;
            }
        }
        catch (KclException unknown)
        {
            // The stream itself may be gone; whether the shard has ended cannot be told, so it has not.
            return Unanswered(unknown);
        }

        return Unanswered(exception);
    }

    private TimeSpan Unanswered(KclException exception)
    {
        var pause = Failed();
        Report(exception, pause);
        return pause;
    }

    private TimeSpan Elapsed => _services.TimeProvider.GetElapsedTime(_created);

    private void Use(string iterator) => (_iterator, _iteratorIssued) = (iterator, _services.TimeProvider.GetTimestamp());

    private TimeSpan Failed() => Advance(_pace.AfterFailure(Elapsed, Jitter(), _options.IdleTimeBetweenReads));

    private TimeSpan Advance((PollingPace Pace, TimeSpan Pause) step)
    {
        _pace = step.Pace;
        return step.Pause;
    }

    private void Report(KclException exception, TimeSpan pause)
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
