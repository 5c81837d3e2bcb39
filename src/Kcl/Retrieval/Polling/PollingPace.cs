using Kcl.Internal;

namespace Kcl.Retrieval.Polling;

/// <summary>Decides when a shard is read next. Immutable: its methods take times and random numbers, and return a pause.</summary>
/// <remarks>
/// <para>The service allows five reads and 2 MiB per second and shard, for all readers together (<c>GetRecords</c>). A shard that is behind
/// is read as fast as this allows; up to five unused reads can be made up for. A shard that has caught up is read again soon after it had
/// data, then less and less often, until the pause is the configured idle time.</para>
/// <para>Throttling shows that others read the shard too. The share of the five reads that is used is then reduced by a third each time and
/// increases slowly, so that several such readers share the limit. If the last response was larger than what the service delivers in the
/// time of one read, the pauses depend on the size of the responses for a while.</para>
/// </remarks>
internal readonly record struct PollingPace
{
    public const double ReadsPerSecond = 5;
    public const double BytesPerSecond = 2 << 20;
    public static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(200);

    private const double PauseGrowth = 1.1;
    private const double ShareLeft = 2.0 / 3;
    private const double ShareRegained = 0.01;
    private const double MinShare = 0.2;
    private const int ReadsPaidByBytes = 32;
    private static readonly TimeSpan ThrottleFloor = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ThrottleFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ThrottleCap = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FailureCap = TimeSpan.FromSeconds(10);

    /// <summary>Gets the number of consecutive failed reads.</summary>
    public int Failures { get; private init; }

    /// <summary>Gets the share of the permitted reads that is used, from 0.2 to 1; 1 unless reads were throttled.</summary>
    public double Share { get; private init; }

    // The number of reads that may follow immediately, and when they were counted.
    private double Tokens { get; init; }

    private TimeSpan At { get; init; }

    // The current pause between reads that return nothing.
    private TimeSpan Rest { get; init; }

    private int LastBytes { get; init; }

    // The number of further responses after which the pause depends on their size.
    private int PayByBytes { get; init; }

    /// <summary>Returns the pace of a shard that has not been read yet.</summary>
    /// <param name="now">The time since a fixed time.</param>
    public static PollingPace Start(TimeSpan now) => new() { Tokens = ReadsPerSecond, At = now, Rest = MinPause, Share = 1 };

    /// <summary>Returns the pace after a response.</summary>
    /// <param name="now">The time since the same fixed time.</param>
    /// <param name="records">The number of records in the response.</param>
    /// <param name="bytes">The size of the response, in bytes.</param>
    /// <param name="isBehind">Whether there are more records: the service reported a lag, or the response was full.</param>
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
            Rest = records > 0 || isBehind ? MinPause : Durations.Min(Rest * PauseGrowth, Durations.Max(idle, MinPause)),
        };
        var permitted = Durations.Max(next.UntilPermitted(), PayByBytes > 0 ? TimeSpan.FromSeconds(bytes / BytesPerSecond) : TimeSpan.Zero);
        return (next, isBehind ? permitted : Durations.Max(permitted, next.Rest));
    }

    /// <summary>Returns the pace after the service throttled a read.</summary>
    /// <param name="now">The time since the same fixed time.</param>
    /// <param name="jitter">A random number, 0 to 1.</param>
    public (PollingPace Pace, TimeSpan Pause) AfterThrottle(TimeSpan now, double jitter)
    {
        var next = this with
        {
            Tokens = 0,
            At = now,
            Failures = Failures + 1,
            Share = Math.Max(MinShare, Share * ShareLeft),
            PayByBytes = LastBytes > BytesPerSecond / ReadsPerSecond ? ReadsPaidByBytes : PayByBytes,
        };
        return (next, Backoff.Compute(ThrottleFirst, ThrottleCap, ThrottleFloor, next.Failures, jitter));
    }

    /// <summary>Returns the pace after a read that failed in another way.</summary>
    /// <param name="now">The time since the same fixed time.</param>
    /// <param name="jitter">A random number, 0 to 1.</param>
    /// <param name="idle">The configured pause: a failing shard is not read more often than an idle one.</param>
    public (PollingPace Pace, TimeSpan Pause) AfterFailure(TimeSpan now, double jitter, TimeSpan idle)
    {
        var floor = Durations.Max(idle, MinPause);
        return (Spent(now), Backoff.Compute(floor * 2, Durations.Max(FailureCap, floor), floor, Failures + 1, jitter));
    }

    /// <summary>
    /// Returns the pace after the iterator was refused. After the first refusal, a new iterator may be used immediately; further refusals
    /// are handled like other failures.
    /// </summary>
    /// <param name="now">The time since the same fixed time.</param>
    /// <param name="jitter">A random number, 0 to 1.</param>
    /// <param name="idle">The configured pause.</param>
    public (PollingPace Pace, TimeSpan Pause) AfterRefusedIterator(TimeSpan now, double jitter, TimeSpan idle)
    {
        var spent = Spent(now);
        return Failures == 0 ? (spent, spent.UntilPermitted()) : AfterFailure(now, jitter, idle);
    }

    private PollingPace Spent(TimeSpan now) => this with { Tokens = Refill(now) - 1, At = now, Failures = Failures + 1 };

    private double Refill(TimeSpan now) =>
        Math.Min(ReadsPerSecond * Share, Tokens + Math.Max(0, (now - At).TotalSeconds * ReadsPerSecond * Share));

    private TimeSpan UntilPermitted() => Tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - Tokens) / (ReadsPerSecond * Share));
}
