using System.Globalization;
using System.Xml;

namespace Kcl.Daemon.Settings;

/// <summary>The types of values that settings have.</summary>
internal static class SettingTypes
{
    // The options accept no longer duration. In milliseconds, the limit is int.MaxValue.
    private static readonly long MaxSeconds = (long)OptionsProblems.MaxDuration.TotalSeconds;

    /// <summary>Gets the type of a text that is not empty.</summary>
    public static SettingType<string> Text { get; } = new("text", static text => text.Length > 0 ? new(text) : null);

    /// <summary>Gets the type of any text.</summary>
    public static SettingType<string> AnyText { get; } = new("any text", static text => new(text));

    /// <summary>Gets the type of a Boolean value.</summary>
    public static SettingType<bool> Boolean { get; } = new("true or false", static text => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "Y" or "ON" or "1" => new(true),
        "FALSE" or "NO" or "N" or "OFF" or "0" => new(false),
        _ => null,
    })
    {
        Show = static value => value is true ? "true" : "false",
    };

    /// <summary>Gets the type of an endpoint.</summary>
    public static SettingType<Uri> Url { get; } = new("a URL with http:// or https://", static text =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? new(uri) : null);

    /// <summary>Gets the type of a positive number with decimals.</summary>
    public static SettingType<double> Fraction { get; } = new("a number above 0", static text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 ? new(number) : null);

    /// <summary>Gets the type of a duration in ISO 8601.</summary>
    public static SettingType<TimeSpan> IsoDuration { get; } = new("an ISO-8601 duration such as PT15M or P1D", static text =>
    {
        try
        {
            return XmlConvert.ToTimeSpan(text) is var span && span >= TimeSpan.Zero ? new(span) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    });

    /// <summary>Gets the type of an instant: epoch seconds, as in Java, or a date in ISO 8601.</summary>
    public static SettingType<DateTimeOffset> Instant { get; } = new(
        "seconds since 1970-01-01T00:00:00Z, or an ISO-8601 instant such as 2026-01-31T12:00:00Z", ParseInstant);

    /// <summary>Gets the type of a list of keys with values.</summary>
    public static SettingType<IReadOnlyDictionary<string, string>> Pairs { get; } = new("key=value,key=value", ParsePairs);

    /// <summary>Returns the type of a whole number.</summary>
    /// <param name="min">The minimum.</param>
    /// <param name="max">The maximum; messages omit <see cref="int.MaxValue"/> and <see cref="long.MaxValue"/>.</param>
    /// <param name="unit">The unit, for messages; null for a plain number.</param>
    public static SettingType<long> Number(long min, long max, string? unit = null) =>
        new(DescribeNumber(min, max, unit), text => ParseNumber(text, min, max));

    /// <summary>Returns the type of a duration in whole milliseconds.</summary>
    /// <param name="min">The minimum.</param>
    /// <param name="max">The maximum.</param>
    public static SettingType<TimeSpan> Milliseconds(int min, int max = int.MaxValue) => new(
        DescribeNumber(min, max, "milliseconds"),
        text => ParseNumber(text, min, max) is { Value: var number } ? new(TimeSpan.FromMilliseconds(number)) : null)
    {
        Show = static value => ((TimeSpan)value).TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Returns the type of a duration in whole seconds.</summary>
    /// <param name="min">The minimum.</param>
    public static SettingType<TimeSpan> Seconds(int min) => new(
        DescribeNumber(min, MaxSeconds, "seconds"),
        text => ParseNumber(text, min, MaxSeconds) is { Value: var number } ? new(TimeSpan.FromSeconds(number)) : null)
    {
        Show = static value => ((TimeSpan)value).TotalSeconds.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Returns the type of one of several names, in any letter case.</summary>
    /// <param name="names">The names.</param>
    public static SettingType<string> Choice(params string[] names) => new(
        string.Join(", ", names),
        text => Array.Find(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name ? new(name) : null);

    private static string DescribeNumber(long min, long max, string? unit) => (max, unit) switch
    {
        (long.MaxValue or int.MaxValue, null) => $"a whole number, at least {min}",
        (long.MaxValue or int.MaxValue, _) => $"a whole number of {unit}, at least {min}",
        (_, null) => $"a whole number from {min} to {max}",
        _ => $"a whole number of {unit} from {min} to {max}",
    };

    private static Parsed<long>? ParseNumber(string text, long min, long max) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? new(number) : null;

    private static Parsed<DateTimeOffset>? ParseInstant(string text)
    {
        const long SecondsBeforeYear10000 = 253_402_300_800;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds is >= 0 and < SecondsBeforeYear10000 ? new(DateTimeOffset.FromUnixTimeSeconds(seconds)) : null;
        }

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var instant) ? new(instant) : null;
    }

    private static Parsed<IReadOnlyDictionary<string, string>>? ParsePairs(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } key, var value])
            {
                return null;
            }

            pairs[key] = value;
        }

        return new(pairs);
    }
}
