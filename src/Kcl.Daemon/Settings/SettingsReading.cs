namespace Kcl.Daemon.Settings;

/// <summary>The result of reading a properties file and the environment variables that override it.</summary>
internal sealed class SettingsReading
{
    private readonly IReadOnlyDictionary<Setting, EffectiveSetting> _given;

    /// <param name="draft">The values.</param>
    /// <param name="given">The settings that were given.</param>
    public SettingsReading(SettingsDraft draft, IReadOnlyDictionary<Setting, EffectiveSetting> given)
    {
        Draft = draft;
        _given = given;
    }

    /// <summary>Gets the values.</summary>
    public SettingsDraft Draft { get; }

    /// <summary>Gets every setting with the value in effect, in the order of the documentation.</summary>
    public IReadOnlyList<EffectiveSetting> Effective =>
        [.. SettingsTable.All.Select(s => _given.GetValueOrDefault(s) ?? new(s, null, null))];

    /// <summary>Returns the value of a setting as it was given, even if it is not valid.</summary>
    /// <param name="name">The setting's key.</param>
    /// <returns>The value; null if the setting was not given.</returns>
    public string? FindGiven(string name) =>
        SettingsTable.Find(name) is { } setting && _given.TryGetValue(setting, out var given) ? given.Value : null;
}
