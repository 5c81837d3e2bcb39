using System.Globalization;

namespace Kcl.Daemon.Settings;

/// <summary>Describes the values that a setting accepts.</summary>
/// <typeparam name="T">The type of the parsed value.</typeparam>
/// <param name="Accepted">A description of the accepted values, for messages and documentation.</param>
/// <param name="Parse">Parses a trimmed text; returns null if it is not accepted.</param>
internal sealed record SettingType<T>(string Accepted, Func<string, Parsed<T>?> Parse)
{
    /// <summary>Gets the function that writes a value as it is written in a properties file.</summary>
    public Func<object, string> Show { get; init; } = static value => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
