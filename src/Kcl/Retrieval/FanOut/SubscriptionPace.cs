using Kcl.Internal;
using Kcl.Kinesis;

namespace Kcl.Retrieval.FanOut;

/// <summary>Decides when to subscribe to a shard again. Immutable: its methods take times and random numbers, and return a pause.</summary>
/// <remarks>
/// The service refuses a subscription within five seconds after the last one that it granted to the same consumer and shard, and allows one
/// call per second (<c>SubscribeToShard</c>).
/// </remarks>
internal readonly record struct SubscriptionPace
{
    /// <summary>How long the service refuses another subscription after it granted one.</summary>
    public static readonly TimeSpan BetweenSubscriptions = TimeSpan.FromSeconds(5);

    /// <summary>The shortest pause between calls.</summary>
    public static readonly TimeSpan BetweenCalls = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan InUseJitter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ThrottleFirst = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ThrottleCap = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FailureFirst = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FailureFloor = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FailureCap = TimeSpan.FromSeconds(10);

    /// <summary>Gets the number of consecutive failures. An event resets it.</summary>
    public int Failures { get; private init; }

    private TimeSpan? GrantedAt { get; init; }

    private TimeSpan? CalledAt { get; init; }

    /// <summary>Returns the pace when a call begins.</summary>
    /// <param name="now">The time since a fixed time.</param>
    public SubscriptionPace BeforeCall(TimeSpan now) => this with { CalledAt = now };

    /// <summary>Returns the pace after a subscription was granted.</summary>
    /// <param name="now">The time since the same fixed time.</param>
    public SubscriptionPace AfterSubscription(TimeSpan now) => this with { GrantedAt = now };

    /// <summary>Returns the pace after an event.</summary>
    public SubscriptionPace AfterEvent() => this with { Failures = 0 };

    /// <summary>Returns the pace after a subscription ended without an error: it expired, or the service or this worker ended it.</summary>
    /// <param name="now">The time since the same fixed time.</param>
    public (SubscriptionPace Pace, TimeSpan Pause) AfterEnd(TimeSpan now) => (this, ApplyLimits(now, TimeSpan.Zero));

    /// <summary>Returns the pace after a call or a subscription failed.</summary>
    /// <param name="now">The time since the same fixed time.</param>
    /// <param name="code">The error code.</param>
    /// <param name="jitter">A random number, 0 to 1.</param>
    /// <param name="leaseCheck">
    /// How long a worker that lost its lease may take to notice this. A subscription that another worker took over is not taken back
    /// before.
    /// </param>
    public (SubscriptionPace Pace, TimeSpan Pause) AfterFailure(TimeSpan now, KinesisErrorCode code, double jitter, TimeSpan leaseCheck)
    {
        var next = this with { Failures = Failures + 1 };
        var pause = code switch
        {
            KinesisErrorCode.ResourceInUse => Durations.Max(BetweenSubscriptions, leaseCheck) + (InUseJitter * jitter),
            KinesisErrorCode.Throttled or KinesisErrorCode.LimitExceeded or KinesisErrorCode.AccessDenied or KinesisErrorCode.Kms
                or KinesisErrorCode.ResourceNotFound or KinesisErrorCode.InvalidArgument =>
                Backoff.Compute(ThrottleFirst, ThrottleCap, BetweenCalls, next.Failures, jitter),
            _ => Backoff.Compute(FailureFirst, FailureCap, FailureFloor, next.Failures, jitter),
        };
        return (next, ApplyLimits(now, pause));
    }

    private TimeSpan ApplyLimits(TimeSpan now, TimeSpan pause)
    {
        var byGrant = GrantedAt is { } granted ? granted + BetweenSubscriptions - now : TimeSpan.Zero;
        var byCall = CalledAt is { } called ? called + BetweenCalls - now : TimeSpan.Zero;
        return Durations.Max(pause, Durations.Max(byGrant, byCall));
    }
}
