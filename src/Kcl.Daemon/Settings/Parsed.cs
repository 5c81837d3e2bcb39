namespace Kcl.Daemon.Settings;

/// <summary>A parsed value. A text that is not accepted has none, while an accepted value may be null or zero.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="Value">The value.</param>
internal sealed record Parsed<T>(T Value);
