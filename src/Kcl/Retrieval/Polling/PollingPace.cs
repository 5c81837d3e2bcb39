using Kcl.Internal;

namespace Kcl.Retrieval.Polling;

/// <summary>When a shard may and should be read next. Pure: times and chance come in, a pause comes out.</summary>
/// <remarks>
/// The service allows five reads per second and shard to all who read it. A shard that is behind is read as fast as that allows, with up to five reads saved up; one that is
/// caught up soon again after data came, then ever less often, up to the configured idle time.
/// </remarks>
/// <param name="Tokens">Reads that may follow at once.</param>
/// <param name="At">When <paramref name="Tokens"/> was counted.</param>
/// <param name="Rest">The current pause between reads that bring nothing.</param>
/// <param name="Failures">Failed reads in a row.</param>
internal readonly record struct PollingPace(double Tokens, TimeSpan At, TimeSpan Rest, int Failures)
{
    public const double ReadsPerSecond = 5;
    public static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(200);

    private const double RestGrowth = 1.1;
    private static readonly TimeSpan ThrottleFloor = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ThrottleFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ThrottleCap = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FailureCap = TimeSpan.FromSeconds(10);

    /// <summary>The pace of a shard not read yet.</summary>
    /// <param name="now">The time since some fixed moment.</param>
    public static PollingPace Start(TimeSpan now) => new(ReadsPerSecond, now, ShortestRest, 0);

    /// <summary>A read was answered.</summary>
    /// <param name="now">The time since the same fixed moment.</param>
    /// <param name="records">How many records it brought.</param>
    /// <param name="isBehind">Whether more are there: the service says so, or the answer was as full as it was allowed to be.</param>
    /// <param name="idle">The longest pause.</param>
    /// <returns>The new pace, and the pause before the next read.</returns>
    public (PollingPace Pace, TimeSpan Pause) AfterRead(TimeSpan now, int records, bool isBehind, TimeSpan idle)
    {
        var tokens = Refill(now) - 1;
        var permitted = UntilPermitted(tokens);
        var longest = Longer(idle, ShortestRest);
        var rest = records > 0 || isBehind ? ShortestRest : Shorter(Rest * RestGrowth, longest);
        return (new(tokens, now, rest, 0), isBehind ? permitted : Longer(permitted, rest));
    }

    /// <summary>The service asked for patience: others read the shard too, or it gave more than two MiB per second.</summary>
    /// <param name="now">The time since the same fixed moment.</param>
    /// <param name="jitter">Chance, 0 to 1.</param>
    public (PollingPace Pace, TimeSpan Pause) AfterThrottle(TimeSpan now, double jitter) =>
        (this with { Tokens = 0, At = now, Failures = Failures + 1 }, Backoff.Compute(ThrottleFirst, ThrottleCap, ThrottleFloor, Failures + 1, jitter));

    /// <summary>A read failed otherwise.</summary>
    /// <param name="now">The time since the same fixed moment.</param>
    /// <param name="jitter">Chance, 0 to 1.</param>
    /// <param name="idle">The configured pause: a failing shard is not read more often than an idle one.</param>
    public (PollingPace Pace, TimeSpan Pause) AfterFailure(TimeSpan now, double jitter, TimeSpan idle)
    {
        var floor = Longer(idle, ShortestRest);
        return (Spent(now), Backoff.Compute(floor * 2, Longer(FailureCap, floor), floor, Failures + 1, jitter));
    }

    /// <summary>The iterator was refused. A new one may be tried at once, the first time; after that it is a failure like others.</summary>
    /// <param name="now">The time since the same fixed moment.</param>
    /// <param name="jitter">Chance, 0 to 1.</param>
    /// <param name="idle">The configured pause.</param>
    public (PollingPace Pace, TimeSpan Pause) AfterRefusedIterator(TimeSpan now, double jitter, TimeSpan idle)
    {
        var spent = Spent(now);
        return Failures == 0 ? (spent, UntilPermitted(spent.Tokens)) : AfterFailure(now, jitter, idle);
    }

    private PollingPace Spent(TimeSpan now) => this with { Tokens = Refill(now) - 1, At = now, Failures = Failures + 1 };

    private static TimeSpan UntilPermitted(double tokens) => tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - tokens) / ReadsPerSecond);

    private double Refill(TimeSpan now) => Math.Min(ReadsPerSecond, Tokens + Math.Max(0, (now - At).TotalSeconds * ReadsPerSecond));

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
