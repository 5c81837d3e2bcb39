namespace Kcl.Kinesis;

/// <summary>Instants as servers write them: some in seconds, some in milliseconds, and nothing on the wire says which.</summary>
internal static class Epoch
{
    // As seconds this is the year 5138, as milliseconds March 1973: no record lies on the other side of either.
    private const double SecondsEnd = 1e11;
    private static readonly long Least = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Most = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Takes a whole number of either unit.</summary>
    /// <returns>Whether it is an instant <see cref="DateTimeOffset"/> can hold.</returns>
    public static bool ToMilliseconds(long value, out long milliseconds)
    {
        milliseconds = value is < (long)SecondsEnd and > -(long)SecondsEnd ? value * 1000 : value;
        return milliseconds >= Least && milliseconds <= Most;
    }

    /// <summary>Takes a number of either unit.</summary>
    /// <returns>Whether it is an instant <see cref="DateTimeOffset"/> can hold.</returns>
    public static bool ToMilliseconds(double value, out long milliseconds)
    {
        var wanted = Math.Round(Math.Abs(value) < SecondsEnd ? value * 1000 : value);
        var ok = wanted >= Least && wanted <= Most; // also false for NaN
        milliseconds = ok ? (long)wanted : 0;
        return ok;
    }
}
