namespace Kcl.Kinesis.Transport;

/// <summary>Decides whether and when a failed call is retried.</summary>
internal static class RetryPolicy
{
    // The control plane limits calls per second, so a retry after much less than a second would fail again.
    private const int LimitFactor = 10;

    /// <summary>Decides after one failed attempt.</summary>
    /// <param name="settings">The limits of retries.</param>
    /// <param name="code">The failure.</param>
    /// <param name="throttlingReported">True if throttling is reported immediately instead of retried.</param>
    /// <param name="attempts">The number of attempts so far, including this one.</param>
    /// <param name="remaining">The time left for the call.</param>
    /// <param name="draw">A uniform random number that is at least 0 and less than 1.</param>
    /// <returns>The pause before the next attempt (full jitter); null if the call must not be retried.</returns>
    public static TimeSpan? GetPause(
        RetrySettings settings, KinesisErrorCode code, bool throttlingReported, int attempts, TimeSpan remaining, double draw)
    {
        if (!KinesisErrorCodes.IsTransient(code)
            || (code == KinesisErrorCode.Throttled && throttlingReported)
            || attempts >= settings.MaxAttempts)
        {
            return null;
        }

        var first = code == KinesisErrorCode.LimitExceeded ? settings.BaseDelay * LimitFactor : settings.BaseDelay;
        var ceiling = Math.Min(settings.MaxDelay.Ticks, first.Ticks * Math.Pow(2, attempts - 1));
        var pause = TimeSpan.FromTicks((long)(ceiling * draw));
        return pause < remaining ? pause : null;
    }
}
