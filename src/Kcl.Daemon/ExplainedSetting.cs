using Kcl.Daemon.Settings;

namespace Kcl.Daemon;

/// <summary>A setting with the value in effect and its source.</summary>
public sealed record ExplainedSetting
{
    /// <summary>Gets the key.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the value as written, without secrets, or a description of the default if the setting was not given.</summary>
    public required string Value { get; init; }

    /// <summary>
    /// Gets the file and line, or the environment variable, that sets the value; <c>default</c> if the setting was not given.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>Gets a value indicating whether the setting was given.</summary>
    public required bool IsGiven { get; init; }

    /// <summary>Gets a description of what the setting controls.</summary>
    public required string Meaning { get; init; }

    /// <summary>Gets the comparison of the setting with that of Java's daemon.</summary>
    public required JavaCompatibility Compatibility { get; init; }

    /// <summary>
    /// Gets a description of how the setting differs from Java's, or of why it has no effect; null if there is nothing to explain.
    /// </summary>
    public string? Explanation { get; init; }
}
