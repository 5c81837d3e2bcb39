namespace Kcl.LocalKinesis.Model;

/// <summary>
/// A clock that never goes back and never stops, even if the clock of the machine is set: sequence numbers, the ends of shards and the
/// completion of changes depend on it. All times are in milliseconds since the Unix epoch. While the machine's clock is behind, this one
/// continues from its latest time at the rate of the monotonic clock.
/// </summary>
internal sealed class ServerClock
{
    private readonly TimeProvider _timeProvider;
    private Anchor _anchor;

    public ServerClock(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _anchor = new(timeProvider.GetUtcNow().ToUnixTimeMilliseconds(), timeProvider.GetTimestamp());
    }

    public TimeProvider TimeProvider => _timeProvider;

    /// <summary>Gets the time, in milliseconds since the Unix epoch.</summary>
    public long Now
    {
        get
        {
            // The machine's clock is read first, so that a pause between the two calls cannot move this clock ahead of it.
            var wall = _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();
            return NotBefore(wall);
        }
    }

    /// <summary>Moves the clock forward to a time if it is behind.</summary>
    /// <param name="instant">The time, in milliseconds since the Unix epoch.</param>
    /// <returns>The current time, in milliseconds since the Unix epoch.</returns>
    public long NotBefore(long instant)
    {
        while (true)
        {
            var anchor = Volatile.Read(ref _anchor);
            var timestamp = _timeProvider.GetTimestamp();
            var now = anchor.Milliseconds + (long)_timeProvider.GetElapsedTime(anchor.Timestamp, timestamp).TotalMilliseconds;
            if (instant <= now)
            {
                return now;
            }

            if (ReferenceEquals(Interlocked.CompareExchange(ref _anchor, new(instant, timestamp), anchor), anchor))
            {
                return instant;
            }
        }
    }

    /// <summary>A time that was returned, and the timestamp of the monotonic clock at that time.</summary>
    private sealed record Anchor(long Milliseconds, long Timestamp);
}
