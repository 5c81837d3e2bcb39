namespace Kcl.Internal;

/// <summary>
/// Limits how often a recurring event is logged: after the first occurrence, none is logged for an interval. Thread-safe.
/// </summary>
/// <param name="interval">The minimum time between two reports.</param>
/// <param name="time">The clock.</param>
internal sealed class LogThrottle(TimeSpan interval, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long? _reportedAt;
    private long _occurrences;

    /// <summary>Initializes a throttle that permits one report a minute.</summary>
    /// <param name="time">The clock.</param>
    public LogThrottle(TimeProvider time)
        : this(TimeSpan.FromMinutes(1), time)
    {
    }

    /// <summary>Counts an occurrence and returns whether to log it.</summary>
    public bool ShouldReport() => ShouldReport(out _);

    /// <summary>Counts an occurrence and returns whether to log it.</summary>
    /// <param name="occurrences">The number of occurrences since the last report, including this one.</param>
    public bool ShouldReport(out long occurrences)
    {
        lock (_gate)
        {
            occurrences = ++_occurrences;
            if (_reportedAt is { } last && time.GetElapsedTime(last) < interval)
            {
                return false;
            }

            _reportedAt = time.GetTimestamp();
            _occurrences = 0;
            return true;
        }
    }
}
