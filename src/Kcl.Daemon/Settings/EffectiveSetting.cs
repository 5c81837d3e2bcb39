namespace Kcl.Daemon.Settings;

/// <summary>A setting with the value in effect and its source.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Value">The value as written; null for the default.</param>
/// <param name="Source">The file and line, or the environment variable; null for the default.</param>
internal sealed record EffectiveSetting(Setting Setting, string? Value, string? Source);
