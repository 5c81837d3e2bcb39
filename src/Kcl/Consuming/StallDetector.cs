using Kcl.Internal;

namespace Kcl.Consuming;

/// <summary>
/// Detects that reading has stalled: the processor waits, and no fetched record is left. A slow processor is never affected. Pure
/// functions.
/// </summary>
internal static class StallDetector
{
    /// <summary>The interval at which a waiting shard is checked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The time without a response after which reading is restarted. It is longer than any call of the service may take, including retries.
    /// </summary>
    public static readonly TimeSpan RestartAfter = TimeSpan.FromMinutes(3);

    /// <summary>
    /// The time without a response after which the lease is released. It is so long that a usual outage of the service does not move every
    /// lease.
    /// </summary>
    public static readonly TimeSpan ReleaseAfter = TimeSpan.FromMinutes(10);

    /// <summary>Returns what the shard does.</summary>
    /// <param name="waiting">How long the processor has been waiting for records.</param>
    /// <param name="sinceSourceResponse">The time since the service last responded to a read of the current source.</param>
    /// <param name="sinceSessionResponse">
    /// The time since the service last responded to a read of any source. A restart does not count as a response.
    /// </param>
    /// <param name="idle">The longest pause between reads.</param>
    public static StallAction Evaluate(TimeSpan waiting, TimeSpan sinceSourceResponse, TimeSpan sinceSessionResponse, TimeSpan idle)
    {
        var grace = idle * 2;
        if (Durations.Min(waiting, sinceSessionResponse) >= ReleaseAfter + grace)
        {
            return StallAction.Release;
        }

        return Durations.Min(waiting, sinceSourceResponse) >= RestartAfter + grace ? StallAction.RestartRetrieval : StallAction.Wait;
    }
}
