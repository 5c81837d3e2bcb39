namespace Kcl.LocalKinesis.Streams;

/// <summary>
/// Milliseconds since the epoch that never go back and never stand still, whatever is done to the machine's clock: sequence numbers,
/// the ends of shards and the completion of changes depend on it. While the machine's clock is behind, this one continues from its
/// latest time at the pace of the monotonic clock.
/// </summary>
internal sealed class ServerClock
{
    private readonly TimeProvider _time;
    private Anchor _anchor;

    public ServerClock(TimeProvider time)
    {
        _time = time;
        _anchor = new(time.GetUtcNow().ToUnixTimeMilliseconds(), time.GetTimestamp());
    }

    public TimeProvider Time => _time;

    public long Now
    {
        get
        {
            // The machine's clock is read first: a pause between the two readings can then not move this clock ahead of it.
            var wall = _time.GetUtcNow().ToUnixTimeMilliseconds();
            return NotBefore(wall);
        }
    }

    /// <summary>Makes sure that no earlier time is told.</summary>
    /// <returns>The time.</returns>
    public long NotBefore(long instant)
    {
        while (true)
        {
            var anchor = Volatile.Read(ref _anchor);
            var timestamp = _time.GetTimestamp();
            var now = anchor.Milliseconds + (long)_time.GetElapsedTime(anchor.Timestamp, timestamp).TotalMilliseconds;
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

    /// <summary>A time that was told, and the monotonic clock's reading then.</summary>
    private sealed record Anchor(long Milliseconds, long Timestamp);
}
