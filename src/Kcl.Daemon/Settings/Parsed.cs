namespace Kcl.Daemon.Settings;

/// <summary>A value that was parsed; distinguishes a value that happens to be null or zero from a text that is not accepted.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="Value">The value.</param>
internal sealed record Parsed<T>(T Value);
