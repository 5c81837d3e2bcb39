namespace Kcl.Internal;

/// <summary>Compares durations.</summary>
internal static class Durations
{
    /// <summary>Returns the shorter of two durations.</summary>
    public static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Returns the longer of two durations.</summary>
    public static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>Returns the duration in a range that is closest to a duration.</summary>
    /// <param name="value">The duration.</param>
    /// <param name="min">The shortest result, unless <paramref name="max"/> is shorter.</param>
    /// <param name="max">The longest result, unless <paramref name="value"/> is shorter than <paramref name="min"/>.</param>
    public static TimeSpan Clamp(TimeSpan value, TimeSpan min, TimeSpan max) => value < min ? min : Min(value, max);
}
