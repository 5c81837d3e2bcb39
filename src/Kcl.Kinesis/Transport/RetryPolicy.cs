namespace Kcl.Kinesis.Transport;

/// <summary>What bounds the retries of a call.</summary>
internal readonly record struct RetrySettings(int MaxAttempts, TimeSpan BaseDelay, TimeSpan MaxDelay);

/// <summary>Whether and when a failed call is made again.</summary>
internal static class RetryPolicy
{
    // The control plane counts calls per second, so anything much shorter than a second only fails again.
    private const int LimitFactor = 10;

    /// <summary>Decides after one failed attempt.</summary>
    /// <param name="settings">The bounds.</param>
    /// <param name="code">How it failed.</param>
    /// <param name="throttlingReported">Whether the caller wants to hear of throttling at once.</param>
    /// <param name="attempts">How many attempts were made, this one included.</param>
    /// <param name="remaining">How much of the call's time is left.</param>
    /// <param name="draw">An even draw from [0, 1).</param>
    /// <returns>The pause before the next attempt (full jitter), or null to give up.</returns>
    public static TimeSpan? Next(RetrySettings settings, KinesisErrorCode code, bool throttlingReported, int attempts, TimeSpan remaining, double draw)
    {
        if (!CanHelp(code) || (code == KinesisErrorCode.Throttled && throttlingReported) || attempts >= settings.MaxAttempts)
        {
            return null;
        }

        var first = code == KinesisErrorCode.LimitExceeded ? settings.BaseDelay * LimitFactor : settings.BaseDelay;
        var ceiling = Math.Min(settings.MaxDelay.Ticks, first.Ticks * Math.Pow(2, attempts - 1));
        var pause = TimeSpan.FromTicks((long)(ceiling * draw));
        return pause < remaining ? pause : null;
    }

    private static bool CanHelp(KinesisErrorCode code) =>
        code is KinesisErrorCode.Throttled or KinesisErrorCode.LimitExceeded or KinesisErrorCode.ServiceFailure or KinesisErrorCode.Unreachable or KinesisErrorCode.MalformedResponse;
}
