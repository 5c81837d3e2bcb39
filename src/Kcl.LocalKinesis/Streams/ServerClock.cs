namespace Kcl.LocalKinesis.Streams;

/// <summary>Milliseconds since the epoch that never go back, whatever is done to the machine's clock: sequence numbers and the ends of shards depend on it.</summary>
internal sealed class ServerClock(TimeProvider time)
{
    private long _last = long.MinValue;

    public TimeProvider Time => time;

    public long Now
    {
        get
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var last = Volatile.Read(ref _last);
            while (now > last)
            {
                var seen = Interlocked.CompareExchange(ref _last, now, last);
                if (seen == last)
                {
                    return now;
                }

                last = seen;
            }

            return last;
        }
    }

    /// <summary>Makes sure that no earlier time is told.</summary>
    public void NotBefore(long instant)
    {
        for (var last = Volatile.Read(ref _last); instant > last;)
        {
            var seen = Interlocked.CompareExchange(ref _last, instant, last);
            if (seen == last)
            {
                return;
            }

            last = seen;
        }
    }
}
