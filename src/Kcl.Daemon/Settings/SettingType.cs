using System.Globalization;
using System.Xml;

namespace Kcl.Daemon.Settings;

/// <summary>What a setting's value may be.</summary>
/// <typeparam name="T">What it becomes.</typeparam>
/// <param name="Accepted">What is accepted, for messages and documentation.</param>
/// <param name="Parse">Reads a trimmed text; null if it is not accepted.</param>
internal sealed record SettingType<T>(string Accepted, Func<string, Parsed<T>?> Parse);

/// <summary>A value that was read.</summary>
internal sealed record Parsed<T>(T Value);

/// <summary>The kinds of values there are.</summary>
internal static class SettingTypes
{
    public static SettingType<string> Text { get; } = new("text", static text => text.Length > 0 ? new(text) : null);

    public static SettingType<string> AnyText { get; } = new("any text", static text => new(text));

    public static SettingType<bool> Boolean { get; } = new("true or false", static text => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "Y" or "ON" or "1" => new(true),
        "FALSE" or "NO" or "N" or "OFF" or "0" => new(false),
        _ => null,
    });

    public static SettingType<Uri> Url { get; } = new("a URL with http:// or https://", static text =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? new(uri) : null);

    public static SettingType<double> Fraction { get; } = new("a number above 0", static text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 ? new(number) : null);

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

    /// <summary>Java's epoch seconds, and dates as people write them.</summary>
    public static SettingType<DateTimeOffset> Instant { get; } = new("seconds since 1970-01-01T00:00:00Z, or an ISO-8601 instant such as 2026-01-31T12:00:00Z", static text =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            ? seconds is >= 0 and < 253_402_300_800 ? new(DateTimeOffset.FromUnixTimeSeconds(seconds)) : null
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? new(instant) : null);

    public static SettingType<IReadOnlyDictionary<string, string>> Pairs { get; } = new("key=value,key=value", static text =>
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
    });

    public static SettingType<long> Number(long least, long most, string? unit = null) => new(
        (most, unit) switch
        {
            (long.MaxValue or int.MaxValue, null) => $"a whole number, at least {least}",
            (long.MaxValue or int.MaxValue, _) => $"a whole number of {unit}, at least {least}",
            (_, null) => $"a whole number from {least} to {most}",
            _ => $"a whole number of {unit} from {least} to {most}",
        },
        text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? new(number) : null);

    public static SettingType<string> Choice(params string[] names) => new(
        string.Join(", ", names),
        text => Array.Find(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name ? new(name) : null);
}
