namespace Kcl.Consuming;

/// <summary>What a shard that waits for records in vain needs.</summary>
internal enum ProgressVerdict
{
    /// <summary>Patience: nothing is wrong, or not for long.</summary>
    Wait,

    /// <summary>Its reading is begun anew, after the last record delivered.</summary>
    RestartRetrieval,

    /// <summary>Its lease is released: another worker may reach what this one does not.</summary>
    Release,
}

/// <summary>Judges a shard whose processor waits while nothing that was fetched is left. A processor that takes its time is never judged. Pure.</summary>
internal static class StallDetector
{
    /// <summary>How often a waiting shard is looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Longer than any call to the service may take, retries included.</summary>
    public static readonly TimeSpan RestartAfter = TimeSpan.FromMinutes(3);

    /// <summary>Long enough for an outage of the service not to send every lease round the fleet.</summary>
    public static readonly TimeSpan ReleaseAfter = TimeSpan.FromMinutes(10);

    /// <param name="waiting">How long the processor has been waiting for records.</param>
    /// <param name="sinceAnswer">How long the service has not answered a read of the current retrieval.</param>
    /// <param name="sinceLastAnswer">How long it has not answered a read of any: restarts in between do not count as answers.</param>
    /// <param name="idle">The longest pause between reads.</param>
    public static ProgressVerdict Judge(TimeSpan waiting, TimeSpan sinceAnswer, TimeSpan sinceLastAnswer, TimeSpan idle)
    {
        var grace = idle * 2;
        if (Shorter(waiting, sinceLastAnswer) >= ReleaseAfter + grace)
        {
            return ProgressVerdict.Release;
        }

        return Shorter(waiting, sinceAnswer) >= RestartAfter + grace ? ProgressVerdict.RestartRetrieval : ProgressVerdict.Wait;
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
