using System.Diagnostics.CodeAnalysis;
using Kcl.Consuming;
using Kcl.Diagnostics;
using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Retrieval.Aggregates;
using Kcl.Retrieval.Polling;
using Kcl.Streams;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval.FanOut;

/// <summary>Has a shard pushed to it by enhanced fan-out: one subscription after the other, each from where the last event said. Events are read only when there is room for them; the rest waits in the service.</summary>
internal sealed class FanOutRecordSource : IRecordSource
{
    /// <summary>The service ends a subscription after five minutes; ours end a little earlier, each at a moment of its own.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(270);

    /// <summary>The service sends an event every few seconds, be it an empty one. Servers that do not cost a subscription more for it, no harm else.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(35);

    private const int SilencesToIgnore = 3;
    private const double FirstExpectation = 64 << 10;
    private static readonly TimeSpan LifetimeJitter = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ForEver = TimeSpan.MaxValue;

    private readonly ShardId _shardId;
    private readonly KinesisConsumerOptions _options;
    private readonly KinesisConsumerServices _services;
    private readonly IFanOutClient _client;
    private readonly FanOutConsumer _consumer;
    private readonly ShardEnd _end;
    private readonly ShardMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationToken _stopFetching;
    private readonly PrefetchBuffer _intake;
    private readonly LogThrottle _reports;
    private readonly SupervisedLoop _loop;
    private readonly long _created;
    private SubscriptionPace _pace;
    private double _expectedBytes = FirstExpectation;
    private int _silences;
    private int _notFound;
    private bool _disposed;

    /// <param name="shardId">The shard.</param>
    /// <param name="position">Where to begin.</param>
    /// <param name="aggregates">Takes the shard's aggregates apart.</param>
    /// <param name="options">The consumer's frozen options.</param>
    /// <param name="services">What the consumer stands on.</param>
    /// <param name="client">The fan-out operations.</param>
    /// <param name="consumer">The registered consumer.</param>
    /// <param name="coordination">Asked for the shard list's opinion when the service says that the shard has ended.</param>
    /// <param name="budget">The bytes all shards of the worker share.</param>
    /// <param name="metrics">The shard's.</param>
    /// <param name="logger">Where failures are reported.</param>
    /// <param name="stopFetching">Cancelled when nothing more is to be fetched. What was fetched stays readable.</param>
    public FanOutRecordSource(
        ShardId shardId,
        ReadPosition position,
        ShardAggregates aggregates,
        KinesisConsumerOptions options,
        KinesisConsumerServices services,
        IFanOutClient client,
        FanOutConsumer consumer,
        IShardCoordination coordination,
        ByteBudget budget,
        ShardMetrics metrics,
        ILogger logger,
        CancellationToken stopFetching)
    {
        (_shardId, _options, _services, _client, _consumer) = (shardId, options, services, client, consumer);
        _end = new(coordination, shardId, services.TimeProvider);
        (_metrics, _logger, _stopFetching) = (metrics, logger, stopFetching);
        _intake = new PrefetchBuffer(position, aggregates, options, budget, metrics, services.TimeProvider);
        _reports = new LogThrottle(TimeSpan.FromMinutes(1), services.TimeProvider);
        _created = services.TimeProvider.GetTimestamp();
        var backoff = new Backoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30), services.Random, SubscriptionPace.BetweenCalls);
        _loop = new SupervisedLoop($"subscription {shardId}", SubscribeAsync, backoff, services.TimeProvider, logger);
        _loop.Start();
    }

    public long? MillisBehindLatest => _intake.MillisBehindLatest;

    public bool IsDrained => _intake.IsDrained;

    public TimeSpan? SinceAnswer => _intake.SinceAnswer;

    public ReadPosition Origin => _intake.Origin;

    private TimeSpan Elapsed => _services.TimeProvider.GetElapsedTime(_created);

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

    /// <summary>One round of the loop: one subscription, from its call to its end.</summary>
    private async ValueTask<TimeSpan> SubscribeAsync(CancellationToken cancellationToken)
    {
        // A subscription whose first event finds no room would only grow old.
        if (_stopFetching.IsCancellationRequested || !await _intake.WaitForRoomAsync(cancellationToken).ConfigureAwait(false))
        {
            return ForEver;
        }

        ConsumerArn? consumer = null;
        try
        {
            consumer = await _consumer.GetAsync(cancellationToken).ConfigureAwait(false);
            var asked = StartInstant.Now(_services.KinesisClient, _services.TimeProvider);
            _pace = _pace.Calling(Elapsed);
            var request = new SubscribeToShardRequest(consumer.Value, _shardId, _intake.Position.Start, _options.ReuseRecordBuffers);

            // Also if the call fails: asked for once more, the tip would be another one.
            _intake.Resolved(asked);
            var subscription = await _client.SubscribeToShardAsync(request, cancellationToken).ConfigureAwait(false);
            await using (subscription.ConfigureAwait(false))
            {
                _pace = _pace.Subscribed(Elapsed);
                _metrics.Subscribed();
                return await ReadEventsAsync(subscription, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (KinesisException exception)
        {
            _metrics.ReadFailed(exception.Code);
            return (exception.Code, consumer) switch
            {
                (KinesisErrorCode.ResourceNotFound, { } missing) => await NotFoundAsync(exception, missing, cancellationToken).ConfigureAwait(false),
                (KinesisErrorCode.InvalidArgument, not null) => await PositionRefusedAsync(exception, cancellationToken).ConfigureAwait(false),
                _ => Failed(exception.Code, exception),
            };
        }
    }

    private async ValueTask<TimeSpan> ReadEventsAsync(IShardSubscription subscription, CancellationToken cancellationToken)
    {
        var renewal = Elapsed + Lifetime + (LifetimeJitter * Jitter());
        while (true)
        {
            if (_stopFetching.IsCancellationRequested || !await _intake.WaitForRoomAsync(cancellationToken).ConfigureAwait(false))
            {
                return ForEver;
            }

            var reservation = await _intake.ReserveAsync((long)_expectedBytes, cancellationToken).ConfigureAwait(false);
            try
            {
                var left = renewal - Elapsed;
                if (left <= TimeSpan.Zero)
                {
                    return Ended();
                }

                var (came, read) = await ReadAsync(subscription, left < LongestSilence ? left : LongestSilence, cancellationToken).ConfigureAwait(false);
                if (!came)
                {
                    return left < LongestSilence ? Ended() : Silent();
                }

                if (read is null)
                {
                    return Ended();
                }

                var (accepted, ended) = await AcceptAsync(read, reservation, cancellationToken).ConfigureAwait(false);
                if (!accepted)
                {
                    var place = read.ContinuationSequenceNumber is null ? "no" : "a";
                    var contradiction = new KinesisException(
                        KinesisErrorCode.MalformedResponse, $"An event of shard {_shardId} contradicts itself: it names {read.ChildShards.Count} children and {place} place to go on.");
                    return Failed(contradiction.Code, contradiction);
                }

                reservation = null; // the batch has it now
                (_silences, _notFound, _pace) = (0, 0, _pace.Delivered());
                if (ended)
                {
                    return ForEver;
                }
            }
            finally
            {
                reservation?.Dispose();
            }
        }
    }

    /// <summary>Takes an event over, or gives its buffer back.</summary>
    private async ValueTask<(bool Accepted, bool IsShardEnd)> AcceptAsync(
        SubscribeToShardEvent read, ByteBudget.Account.Reservation reservation, CancellationToken cancellationToken)
    {
        var accepted = false;
        try
        {
            if (await JudgeAsync(read, cancellationToken).ConfigureAwait(false) is not { } answer)
            {
                return (false, false);
            }

            reservation.Correct(read.ByteCount);
            _expectedBytes = Math.Clamp(_expectedBytes + (0.3 * (read.ByteCount - _expectedBytes)), 1, ResponseSize.MostBytes);
            await _intake.AcceptAsync(answer, reservation, cancellationToken).ConfigureAwait(false);
            accepted = true;
            return (true, answer.IsShardEnd);
        }
        finally
        {
            if (!accepted)
            {
                read.Dispose();
            }
        }
    }

    /// <summary>Reads one event, for no longer than a time. A read that was cut short ends the subscription, which loses nothing: the next one goes on after the last event.</summary>
    private async ValueTask<(bool Came, SubscribeToShardEvent? Event)> ReadAsync(IShardSubscription subscription, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(patience, _services.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return (true, await subscription.ReadAsync(either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (false, null);
        }
    }

    private async ValueTask<ReadResult?> JudgeAsync(SubscribeToShardEvent read, CancellationToken cancellationToken)
    {
        var (verdict, children) = await _end.JudgeAsync(read.ContinuationSequenceNumber is not null, read.ChildShards, cancellationToken).ConfigureAwait(false);
        var ended = verdict == ResponseVerdict.Ended;
        return verdict == ResponseVerdict.Invalid
            ? null
            : new(read.Records, read.MillisBehindLatest, ended, ended ? children : [], read.ByteCount, read, read.ContinuationSequenceNumber);
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
            return Failed(exception.Code, unknown);
        }

        return Failed(exception.Code, exception);
    }

    private async ValueTask<TimeSpan> NotFoundAsync(KinesisException exception, ConsumerArn consumer, CancellationToken cancellationToken)
    {
        try
        {
            var (verdict, listing) = await _end.AfterNotFoundAsync(_intake.Position.Start, cancellationToken).ConfigureAwait(false);
            if (!listing.Exists && verdict == ShardEndDecision.Ended)
            {
                _logger.ShardGone(_shardId, listing.Exists, listing.Children.Count);
                _intake.End(listing.Children);
                return ForEver;
            }

            // The consumer may have been removed under us; if it has not, and it happens again, it is the position that is not found.
            _consumer.Doubt(consumer);
            if (listing.Exists && ++_notFound > 1 && verdict == ShardEndDecision.ReadFromHorizon)
            {
                _intake.GoToHorizon();
            }
        }
        catch (KclException unknown)
        {
            return Failed(exception.Code, unknown);
        }

        return Failed(exception.Code, exception);
    }

    private TimeSpan Ended()
    {
        (_pace, var pause) = _pace.AfterEnd(Elapsed);
        return pause;
    }

    private TimeSpan Silent()
    {
        var silences = ++_silences;
        if (silences > SilencesToIgnore && _reports.ShouldReport())
        {
            _logger.SubscriptionSilent(_shardId, LongestSilence, silences);
        }

        return Ended();
    }

    private TimeSpan Failed(KinesisErrorCode code, KclException exception)
    {
        // A worker renews its leases three times in the time after which they may be taken.
        (_pace, var pause) = _pace.AfterFailure(Elapsed, code, Jitter(), _options.FailoverTime / 3);
        if (code is KinesisErrorCode.ResourceInUse or KinesisErrorCode.Throttled or KinesisErrorCode.LimitExceeded)
        {
            _logger.SubscriptionHasToWait(_shardId, code, pause);
        }
        else if (_reports.ShouldReport())
        {
            _logger.SubscriptionFailed(exception, _shardId, _pace.Failures, pause);
        }

        return pause;
    }

    private double Jitter()
    {
        lock (_services.Random)
        {
            return _services.Random.NextDouble();
        }
    }
}
