namespace Kcl.Internal;

/// <summary>
/// Computes the delay after consecutive failures. It grows exponentially up to a limit, with full jitter, so that callers that failed
/// together do not retry together.
/// </summary>
/// <param name="first">The longest delay after the first failure.</param>
/// <param name="cap">The longest delay.</param>
/// <param name="chance">The source of jitter.</param>
/// <param name="floor">The shortest delay.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan cap, Chance chance, TimeSpan floor = default)
{
    /// <summary>Returns the delay before the next attempt.</summary>
    /// <param name="failures">The number of consecutive failures, including the latest.</param>
    public TimeSpan After(int failures) => Compute(first, cap, floor, failures, chance.NextDouble());

    /// <summary>Computes the delay from values alone.</summary>
    /// <param name="first">The longest delay after the first failure.</param>
    /// <param name="cap">The longest delay.</param>
    /// <param name="floor">The shortest delay, unless <paramref name="cap"/> is shorter.</param>
    /// <param name="failures">The number of consecutive failures; less than one counts as one.</param>
    /// <param name="jitter">The position between the shortest and the longest delay: 0 to 1.</param>
    public static TimeSpan Compute(TimeSpan first, TimeSpan cap, TimeSpan floor, int failures, double jitter)
    {
        var longest = Math.Min(cap.Ticks, first.Ticks * Math.Pow(2, Math.Clamp(failures, 1, 30) - 1));
        var shortest = Math.Min(floor.Ticks, longest);
        return TimeSpan.FromTicks((long)(shortest + (jitter * (longest - shortest))));
    }
}
