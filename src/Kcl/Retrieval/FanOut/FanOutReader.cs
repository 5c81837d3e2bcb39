using System.Runtime.CompilerServices;
using Kcl.Internal;
using Kcl.Kinesis;

namespace Kcl.Retrieval.FanOut;

/// <summary>
/// Reads a shard by enhanced fan-out: one subscription after another, each of which continues after the last event. Events are read only
/// when there is room for them; the others wait in the service. A round of the source lasts as long as a subscription.
/// </summary>
internal sealed class FanOutReader : IShardReader
{
    /// <summary>The time after which a subscription is renewed, plus jitter. The service ends a subscription after five minutes.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(270);

    /// <summary>
    /// The time without an event after which a new subscription is opened. The service sends an event, possibly empty, every few seconds.
    /// </summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(35);

    private const int SilencesToIgnore = 3;
    private const double FirstExpectation = 64 << 10;
    private static readonly TimeSpan LifetimeJitter = TimeSpan.FromSeconds(20);

    private readonly RetrievalContext _context;
    private readonly ReadCursor _cursor;
    private readonly IFanOutClient _client;
    private readonly FanOutConsumer _consumer;
    private readonly LogThrottle _logThrottle;
    private readonly MovingAverage _expectedBytes = new(FirstExpectation);
    private readonly long _createdAt;
    private IShardSubscription? _subscription;
    private ConsumerArn? _subscriber;
    private TimeSpan _renewal;
    private SubscriptionPace _pace;
    private int _lastBytes;
    private int _silences;

    /// <param name="context">The context of the retrieval.</param>
    /// <param name="cursor">The position of reading.</param>
    /// <param name="client">The fan-out operations.</param>
    /// <param name="consumer">The consumer with which to subscribe.</param>
    public FanOutReader(RetrievalContext context, ReadCursor cursor, IFanOutClient client, FanOutConsumer consumer)
    {
        _context = context;
        _cursor = cursor;
        _client = client;
        _consumer = consumer;
        _logThrottle = new LogThrottle(context.Time);
        _createdAt = context.Time.GetTimestamp();
        Backoff = new Backoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30), context.Chance, SubscriptionPace.BetweenCalls);
    }

    public string Name => $"subscription {_context.Shard.ShardId}";

    public Backoff Backoff { get; }

    private TimeSpan Elapsed => _context.Time.GetElapsedTime(_createdAt);

    public ValueTask OpenAsync(CancellationToken cancellationToken) => _subscription is null ? SubscribeAsync(cancellationToken) : default;

    public long PlanRead(long fairShare) => (long)Math.Clamp(_expectedBytes.Value, 1, RetrievalSettings.MaxResponseBytes);

    // Pooled, because there is one call per event. A read that is canceled ends the subscription. No record is lost, because the next
    // subscription continues after the last event.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadStep> ReadAsync(CancellationToken cancellationToken)
    {
        var left = _renewal - Elapsed;
        if (left <= TimeSpan.Zero)
        {
            return OnEnded();
        }

        using var late = new CancellationTokenSource(Durations.Min(left, MaxSilence), _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        SubscribeToShardEvent? read;
        try
        {
            read = await _subscription!.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return left < MaxSilence ? OnEnded() : OnSilent();
        }

        if (read is null)
        {
            return OnEnded();
        }

        _lastBytes = read.ByteCount;
        return ReadStep.Read(read, read.ContinuationSequenceNumber);
    }

    public TimeSpan? OnAccepted()
    {
        _expectedBytes.Add(_lastBytes);
        _silences = 0;
        _pace = _pace.AfterEvent();
        return null;
    }

    // A failure before the consumer is known concerns the consumer, not the shard.
    public ReadFailure Classify(KinesisException exception) => exception.Code switch
    {
        KinesisErrorCode.ResourceNotFound when _subscriber is not null => ReadFailure.ShardOrReaderNotFound,
        KinesisErrorCode.InvalidArgument when _subscriber is not null => ReadFailure.PositionRefused,
        _ => ReadFailure.Unrelated,
    };

    public TimeSpan OnFailed(KinesisErrorCode code, KclException? exception)
    {
        // The consumer may have been deleted. If it was not and this happens again, the position was not found.
        if (_subscriber is { } subscriber && exception is KinesisException { Code: KinesisErrorCode.ResourceNotFound })
        {
            _consumer.Invalidate(subscriber);
        }

        (_pace, var pause) = _pace.AfterFailure(Elapsed, code, _context.Chance.NextDouble(), _context.Settings.LeaseLossDelay);
        if (code is KinesisErrorCode.ResourceInUse or KinesisErrorCode.Throttled or KinesisErrorCode.LimitExceeded)
        {
            _context.Logger.SubscriptionHasToWait(_context.Shard.ShardId, code, pause);
        }
        else if (exception is not null && _logThrottle.ShouldReport())
        {
            _context.Logger.SubscriptionFailed(exception, _context.Shard.ShardId, _pace.Failures, pause);
        }

        return pause;
    }

    public ValueTask CloseAsync()
    {
        var subscription = _subscription;
        _subscription = null;
        return subscription?.DisposeAsync() ?? default;
    }

    private async ValueTask SubscribeAsync(CancellationToken cancellationToken)
    {
        _subscriber = null;
        var subscriber = await _consumer.GetAsync(cancellationToken).ConfigureAwait(false);
        _subscriber = subscriber;
        _pace = _pace.BeforeCall(Elapsed);
        var request = new SubscribeToShardRequest(subscriber, _context.Shard.ShardId, _cursor.TakeStart())
        {
            ReuseBuffers = _context.Settings.ReuseBuffers,
        };
        _subscription = await _client.SubscribeToShardAsync(request, cancellationToken).ConfigureAwait(false);
        _pace = _pace.AfterSubscription(Elapsed);
        _context.Metrics.Subscribed();
        _renewal = Elapsed + Lifetime + _context.Chance.Jitter(LifetimeJitter);
    }

    private ReadStep OnEnded()
    {
        (_pace, var pause) = _pace.AfterEnd(Elapsed);
        return ReadStep.Nothing(pause);
    }

    private ReadStep OnSilent()
    {
        var silences = ++_silences;
        if (silences > SilencesToIgnore && _logThrottle.ShouldReport())
        {
            _context.Logger.SubscriptionSilent(_context.Shard.ShardId, MaxSilence, silences);
        }

        return OnEnded();
    }
}
