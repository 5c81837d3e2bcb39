namespace Kcl.Internal;

/// <summary>How long to rest after failures in a row: exponential, capped, fully jittered, so that many who failed together do not come back together.</summary>
/// <param name="first">The longest rest after the first failure.</param>
/// <param name="cap">The longest rest ever.</param>
/// <param name="random">The source of jitter; shared, so used under its own lock.</param>
/// <param name="floor">The shortest rest, for what must never be tried again at once.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan cap, Random random, TimeSpan floor = default)
{
    /// <summary>How long to rest now.</summary>
    /// <param name="failures">How many failures there were in a row, this one included.</param>
    public TimeSpan After(int failures)
    {
        double jitter;
        lock (random)
        {
            jitter = random.NextDouble();
        }

        return Compute(first, cap, floor, failures, jitter);
    }

    /// <summary>The rest as a function of values.</summary>
    /// <param name="first">The longest rest after the first failure.</param>
    /// <param name="cap">The longest rest ever.</param>
    /// <param name="floor">The shortest rest.</param>
    /// <param name="failures">How many failures there were in a row; less than one counts as one.</param>
    /// <param name="jitter">Which part of the way from the shortest to the longest rest: 0 to 1.</param>
    public static TimeSpan Compute(TimeSpan first, TimeSpan cap, TimeSpan floor, int failures, double jitter)
    {
        var longest = Math.Min(cap.Ticks, first.Ticks * Math.Pow(2, Math.Clamp(failures, 1, 30) - 1));
        var shortest = Math.Min(floor.Ticks, longest);
        return TimeSpan.FromTicks((long)(shortest + (jitter * (longest - shortest))));
    }
}
