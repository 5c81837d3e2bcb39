namespace Kcl.Kinesis.Formats;

/// <summary>Converts timestamps of servers, some of which write seconds and some milliseconds, without a unit.</summary>
internal static class EpochTime
{
    // As seconds, this is the year 5138; as milliseconds, March 1973. Timestamps of records are between the two.
    private const double SecondsEnd = 1e11;
    private static readonly long MinMilliseconds = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long MaxMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Converts an integer of either unit to milliseconds since the Unix epoch.</summary>
    /// <returns>True if the result fits into a <see cref="DateTimeOffset"/>; otherwise, false.</returns>
    public static bool TryToMilliseconds(long value, out long milliseconds)
    {
        milliseconds = value is < (long)SecondsEnd and > -(long)SecondsEnd ? value * 1000 : value;
        return milliseconds >= MinMilliseconds && milliseconds <= MaxMilliseconds;
    }

    /// <summary>Converts a number of either unit to milliseconds since the Unix epoch.</summary>
    /// <returns>True if the result fits into a <see cref="DateTimeOffset"/>; otherwise, false.</returns>
    public static bool TryToMilliseconds(double value, out long milliseconds)
    {
        var rounded = Math.Round(Math.Abs(value) < SecondsEnd ? value * 1000 : value);
        var inRange = rounded >= MinMilliseconds && rounded <= MaxMilliseconds; // also false for NaN
        milliseconds = inRange ? (long)rounded : 0;
        return inRange;
    }
}
