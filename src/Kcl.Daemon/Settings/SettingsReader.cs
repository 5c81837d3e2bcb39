namespace Kcl.Daemon.Settings;

/// <summary>Reads a properties file according to the table of settings, and reports all problems, not only the first.</summary>
/// <param name="report">Receives the problems and warnings.</param>
/// <param name="environment">Reads an environment variable.</param>
internal sealed class SettingsReader(SettingsReport report, Func<string, string?> environment)
{
    private readonly Dictionary<Setting, EffectiveSetting> _given = [];

    /// <summary>Reads a properties file, then the environment variables, which take precedence.</summary>
    /// <param name="bytes">The content of the file.</param>
    public SettingsReading Read(ReadOnlySpan<byte> bytes)
    {
        var draft = new SettingsDraft();
        var problems = new List<string>();
        foreach (var entry in PropertiesParser.Parse(bytes, problems))
        {
            Add(entry);
        }

        problems.ForEach(report.AddProblem);
        foreach (var setting in SettingsTable.All)
        {
            if (setting.Compatibility != JavaCompatibility.Refused && environment(setting.EnvironmentVariable) is { Length: > 0 } value)
            {
                _given[setting] = new(setting, value.Trim(), setting.EnvironmentVariable);
            }
        }

        foreach (var (setting, value, source) in _given.Values)
        {
            Apply(setting, value!, source!, draft);
        }

        return new(draft, _given);
    }

    private void Add(PropertiesEntry entry)
    {
        var source = $"{report.File}:{entry.Line}";
        if (SettingsTable.Find(entry.Key) is not { } setting)
        {
            var suggestion = SettingsTable.Suggest(entry.Key) is { } meant ? $" Did you mean {meant}?" : "";
            report.AddUnusable($"{source}: there is no setting {entry.Key}.{suggestion}");
            return;
        }

        if (_given.TryGetValue(setting, out var earlier))
        {
            report.AddWarning($"{source}: {entry.Key} was already set at {earlier.Source}; the later value is used.");
        }

        _given[setting] = new(setting, entry.Value, source);
    }

    private void Apply(Setting setting, string value, string source, SettingsDraft draft)
    {
        if (setting.Compatibility == JavaCompatibility.Refused)
        {
            report.AddProblem($"{source}: {setting.Name} is not accepted: {setting.Explanation}.");
        }
        else if (!setting.TryApply(value, draft))
        {
            var restriction = setting.Restriction is null ? "" : $" ({setting.Restriction})";
            report.AddUnusable($"{source}: {setting.Name} = {setting.Show(value)} is not valid; expected {setting.Accepted}{restriction}.");
        }
        else if (setting.Compatibility == JavaCompatibility.NoEffect)
        {
            report.AddWarning($"{source}: {setting.Name} has no effect: {setting.Explanation}.");
        }
    }
}
