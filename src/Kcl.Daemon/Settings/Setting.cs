namespace Kcl.Daemon.Settings;

/// <summary>One row of the table of settings, which describes one key of a properties file.</summary>
internal sealed record Setting
{
    /// <summary>Gets the key.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the heading under which the documentation lists the setting.</summary>
    public required string Group { get; init; }

    /// <summary>Gets a description of the accepted values.</summary>
    public required string Accepted { get; init; }

    /// <summary>Gets the value, or a description of it, that applies if the key is not set.</summary>
    public required string Default { get; init; }

    /// <summary>Gets a description of what the setting controls.</summary>
    public required string Meaning { get; init; }

    /// <summary>Gets the function that reads a value and stores it in the draft. It returns false if the value is not accepted.</summary>
    public required Func<string, SettingsDraft, bool> TryApply { get; init; }

    /// <summary>Gets the comparison of the setting with that of Java's daemon.</summary>
    public JavaCompatibility Compatibility { get; init; }

    /// <summary>Gets an explanation of how the setting differs, or why it has no effect or is refused; null if none is needed.</summary>
    public string? Explanation { get; init; }

    /// <summary>Gets a description of the values that Java's daemon accepts and this one refuses; null if there are none.</summary>
    public string? Restriction { get; init; }

    /// <summary>Gets the other spellings of the key: legacy ones, and those with the names of Java's configuration beans.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Gets a value indicating whether the value may contain secrets and must not be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>
    /// Gets the prefix of the key that is compared without regard to letter case, as in Java; null if the whole key is case-sensitive.
    /// </summary>
    public string? CaseInsensitivePrefix { get; init; }

    /// <summary>Gets the environment variable that overrides the file.</summary>
    public string EnvironmentVariable => "KCL_" + string.Concat(Name.Select(ToEnvironmentVariable)).ToUpperInvariant();

    /// <summary>Gets the explanation and the restriction as one text; null if both are null.</summary>
    public string? Note => Explanation is null || Restriction is null ? Explanation ?? Restriction : $"{Explanation}; {Restriction}";

    /// <summary>Compares a key with the name of this setting, whose prefix is not case-sensitive.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True if the key names this setting; otherwise, false.</returns>
    public bool IsNamed(string key) => CaseInsensitivePrefix is { Length: var length } prefix
        && key.Length == Name.Length
        && key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
        && key.AsSpan(length).SequenceEqual(Name.AsSpan(length));

    /// <summary>Returns the part of a value that may appear in a message.</summary>
    /// <param name="value">The value.</param>
    public string Show(string value) =>
        IsSecret && value.IndexOf('|', StringComparison.Ordinal) is var at and >= 0 ? value[..at] + "|…" : value;

    private string ToEnvironmentVariable(char character, int index)
    {
        if (index == 0 || !char.IsUpper(character))
        {
            return character == '.' ? "_" : $"{character}";
        }

        var startsWord = !char.IsUpper(Name[index - 1]) || (index + 1 < Name.Length && char.IsLower(Name[index + 1]));
        return startsWord ? $"_{character}" : $"{character}";
    }
}
