using Kcl.Internal;

namespace Kcl.Retrieval.Polling;

/// <summary>When a shard may and should be read next. Pure: times and chance come in, a pause comes out.</summary>
/// <remarks>
/// <para>The service allows five reads per second and shard to all who read it, and gives two MiB per second. A shard that is behind is read as fast as that allows, with up to
/// five reads saved up; one that is caught up soon again after data came, then ever less often, up to the configured idle time.</para>
/// <para>Throttling says that others read the shard too: our share of the five falls by a third each time and comes back little by little, so that readers who all do this
/// end up with what there is. If what was read last is more than the service gives in the time of a read, answers are paid for by their bytes for a while.</para>
/// </remarks>
internal readonly record struct PollingPace
{
    public const double ReadsPerSecond = 5;
    public const double BytesPerSecond = 2 << 20;
    public static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(200);

    private const double RestGrowth = 1.1;
    private const double ShareLeft = 2.0 / 3;
    private const double ShareRegained = 0.01;
    private const double LeastShare = 0.2;
    private const int ReadsPaidByBytes = 32;
    private static readonly TimeSpan ThrottleFloor = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ThrottleFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ThrottleCap = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FailureCap = TimeSpan.FromSeconds(10);

    /// <summary>Failed reads in a row.</summary>
    public int Failures { get; private init; }

    /// <summary>Which part of the permitted reads is taken: 1 unless others read the shard too.</summary>
    public double Share { get; private init; }

    // Reads that may follow at once, and when they were counted.
    private double Tokens { get; init; }

    private TimeSpan At { get; init; }

    // The current pause between reads that bring nothing.
    private TimeSpan Rest { get; init; }

    private int LastBytes { get; init; }

    // How many more answers are paid for by their bytes.
    private int PayByBytes { get; init; }

    /// <summary>The pace of a shard not read yet.</summary>
    /// <param name="now">The time since some fixed moment.</param>
    public static PollingPace Start(TimeSpan now) => new() { Tokens = ReadsPerSecond, At = now, Rest = ShortestRest, Share = 1 };

    /// <summary>A read was answered.</summary>
    /// <param name="now">The time since the same fixed moment.</param>
    /// <param name="records">How many records it brought.</param>
    /// <param name="bytes">What they weighed.</param>
    /// <param name="isBehind">Whether more are there: the service says so, or the answer was as full as it was allowed to be.</param>
    /// <param name="idle">The longest pause.</param>
    /// <returns>The new pace, and the pause before the next read.</returns>
    public (PollingPace Pace, TimeSpan Pause) AfterRead(TimeSpan now, int records, int bytes, bool isBehind, TimeSpan idle)
    {
        var next = this with
        {
            Tokens = Math.Max(0, Refill(now) - 1),
            At = now,
            Failures = 0,
            Share = Math.Min(1, Share + ShareRegained),
            LastBytes = bytes,
            PayByBytes = Math.Max(0, PayByBytes - 1),
            Rest = records > 0 || isBehind ? ShortestRest : Shorter(Rest * RestGrowth, Longer(idle, ShortestRest)),
        };
        var permitted = Longer(next.UntilPermitted(), PayByBytes > 0 ? TimeSpan.FromSeconds(bytes / BytesPerSecond) : TimeSpan.Zero);
        return (next, isBehind ? permitted : Longer(permitted, next.Rest));
    }

    /// <summary>The service asked for patience.</summary>
    /// <param name="now">The time since the same fixed moment.</param>
    /// <param name="jitter">Chance, 0 to 1.</param>
    public (PollingPace Pace, TimeSpan Pause) AfterThrottle(TimeSpan now, double jitter)
    {
        var next = this with
        {
            Tokens = 0,
            At = now,
            Failures = Failures + 1,
            Share = Math.Max(LeastShare, Share * ShareLeft),
            PayByBytes = LastBytes > BytesPerSecond / ReadsPerSecond ? ReadsPaidByBytes : PayByBytes,
        };
        return (next, Backoff.Compute(ThrottleFirst, ThrottleCap, ThrottleFloor, next.Failures, jitter));
    }

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
        return Failures == 0 ? (spent, spent.UntilPermitted()) : AfterFailure(now, jitter, idle);
    }

    private PollingPace Spent(TimeSpan now) => this with { Tokens = Refill(now) - 1, At = now, Failures = Failures + 1 };

    private double Refill(TimeSpan now) => Math.Min(ReadsPerSecond * Share, Tokens + Math.Max(0, (now - At).TotalSeconds * ReadsPerSecond * Share));

    private TimeSpan UntilPermitted() => Tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - Tokens) / (ReadsPerSecond * Share));

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
