using Kcl.Internal;
using Kcl.Kinesis;

namespace Kcl.Retrieval.FanOut;

/// <summary>Decides when a shard is subscribed to again. Immutable: takes times and chance, and returns a pause.</summary>
/// <remarks>
/// The service refuses a subscription within five seconds of the last one that it granted to the same consumer and shard, and allows one
/// call per second.
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

    /// <summary>Gets the number of failures in a row; an event ends the row.</summary>
    public int Failures { get; private init; }

    private TimeSpan? Granted { get; init; }

    private TimeSpan? Called { get; init; }

    /// <summary>Returns the pace when a call is made.</summary>
    /// <param name="now">The time since some fixed moment.</param>
    public SubscriptionPace Calling(TimeSpan now) => this with { Called = now };

    /// <summary>Returns the pace after a subscription was granted.</summary>
    /// <param name="now">The time since the same fixed moment.</param>
    public SubscriptionPace Subscribed(TimeSpan now) => this with { Granted = now };

    /// <summary>Returns the pace after an event.</summary>
    public SubscriptionPace Delivered() => this with { Failures = 0 };

    /// <summary>Returns the pace after a subscription ended without an error: it expired, or the service or this worker ended it.</summary>
    /// <param name="now">The time since the same fixed moment.</param>
    public (SubscriptionPace Pace, TimeSpan Pause) AfterEnd(TimeSpan now) => (this, Permitted(now, TimeSpan.Zero));

    /// <summary>Returns the pace after a call or a subscription failed.</summary>
    /// <param name="now">The time since the same fixed moment.</param>
    /// <param name="code">How it failed.</param>
    /// <param name="jitter">A random number, 0 to 1.</param>
    /// <param name="leaseCheck">
    /// How long a worker that lost its lease may take to notice: a subscription that another took over is not taken back before.
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
        return (next, Permitted(now, pause));
    }

    private TimeSpan Permitted(TimeSpan now, TimeSpan pause)
    {
        var byGrant = Granted is { } granted ? granted + BetweenSubscriptions - now : TimeSpan.Zero;
        var byCall = Called is { } called ? called + BetweenCalls - now : TimeSpan.Zero;
        return Durations.Max(pause, Durations.Max(byGrant, byCall));
    }
}
