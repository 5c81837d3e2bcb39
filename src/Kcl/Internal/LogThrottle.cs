namespace Kcl.Internal;

/// <summary>Keeps what goes on for long from filling the log: one report, then silence for a while. Used by one task.</summary>
/// <param name="interval">How long the silence lasts.</param>
/// <param name="time">The clock.</param>
internal sealed class LogThrottle(TimeSpan interval, TimeProvider time)
{
    private long? _reported;

    /// <summary>Whether to report now; asked once per occasion.</summary>
    public bool ShouldReport()
    {
        if (_reported is { } last && time.GetElapsedTime(last) < interval)
        {
            return false;
        }

        _reported = time.GetTimestamp();
        return true;
    }
}
