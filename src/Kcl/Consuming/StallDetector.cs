using Kcl.Internal;

namespace Kcl.Consuming;

/// <summary>
/// Detects that reading has stalled: the processor waits, and no fetched record is left. A processor that takes its time is never
/// affected. Pure.
/// </summary>
internal static class StallDetector
{
    /// <summary>The interval at which a waiting shard is checked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The time without an answer after which reading is restarted: longer than any call of the service may take, with retries.
    /// </summary>
    public static readonly TimeSpan RestartAfter = TimeSpan.FromMinutes(3);

    /// <summary>
    /// The time without an answer after which the lease is released: long enough that an outage of the service does not move every lease.
    /// </summary>
    public static readonly TimeSpan ReleaseAfter = TimeSpan.FromMinutes(10);

    /// <summary>Returns what follows.</summary>
    /// <param name="waiting">How long the processor has been waiting for records.</param>
    /// <param name="sinceSourceAnswer">The time since the service last answered a read of the current source.</param>
    /// <param name="sinceSessionAnswer">
    /// The time since it last answered a read of any source: a restart does not count as an answer.
    /// </param>
    /// <param name="idle">The longest pause between reads.</param>
    public static StallAction Evaluate(TimeSpan waiting, TimeSpan sinceSourceAnswer, TimeSpan sinceSessionAnswer, TimeSpan idle)
    {
        var grace = idle * 2;
        if (Durations.Min(waiting, sinceSessionAnswer) >= ReleaseAfter + grace)
        {
            return StallAction.Release;
        }

        return Durations.Min(waiting, sinceSourceAnswer) >= RestartAfter + grace ? StallAction.RestartRetrieval : StallAction.Wait;
    }
}
