namespace Kcl.Daemon.Settings;

/// <summary>A value in force, and where it came from.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Value">The value as written; null where the default holds.</param>
/// <param name="Source">The file and line, or the environment variable; null where the default holds.</param>
internal sealed record EffectiveSetting(Setting Setting, string? Value, string? Source);

/// <summary>Reads a properties file by the table. Every problem is found before any is reported.</summary>
internal sealed class SettingsReader(string file, bool lenient, Func<string, string?> environment)
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];
    private readonly Dictionary<Setting, EffectiveSetting> _given = [];

    /// <summary>What cannot be used; empty where everything can.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>What can be used but should be known.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Adds a problem that only shows when settings are looked at together.</summary>
    public void AddProblem(string problem) => _problems.Add(problem);

    /// <summary>Adds something that should be known.</summary>
    public void AddWarning(string warning) => _warnings.Add($"{file}: {warning}");

    /// <summary>Every setting with the value in force.</summary>
    public IReadOnlyList<EffectiveSetting> Effective => [.. SettingsTable.All.Select(s => _given.GetValueOrDefault(s) ?? new(s, null, null))];

    /// <summary>Reads the file's bytes, and the environment over them.</summary>
    public SettingsDraft Read(ReadOnlySpan<byte> bytes)
    {
        var draft = new SettingsDraft();
        foreach (var entry in PropertiesFile.Parse(bytes, _problems))
        {
            Take(entry);
        }

        foreach (var setting in SettingsTable.All)
        {
            if (setting.Treatment != Treatment.Refused && environment(setting.EnvironmentVariable) is { Length: > 0 } value)
            {
                _given[setting] = new(setting, value.Trim(), setting.EnvironmentVariable);
            }
        }

        foreach (var (setting, value, source) in _given.Values)
        {
            Apply(setting, value!, source!, draft);
        }

        return draft;
    }

    private void Take(PropertiesEntry entry)
    {
        var source = $"{file}:{entry.Line}";
        if (SettingsTable.Find(entry.Key) is not { } setting)
        {
            var suggestion = SettingsTable.Suggest(entry.Key) is { } meant ? $" Did you mean {meant}?" : "";
            Report($"{source}: there is no setting {entry.Key}.{suggestion}");
            return;
        }

        if (_given.TryGetValue(setting, out var earlier))
        {
            _warnings.Add($"{source}: {entry.Key} was set before, at {earlier.Source}; the later one holds.");
        }

        _given[setting] = new(setting, entry.Value, source);
    }

    private void Apply(Setting setting, string value, string source, SettingsDraft draft)
    {
        if (setting.Treatment == Treatment.Refused)
        {
            _problems.Add($"{source}: {setting.Name} is not accepted: {setting.Note}.");
        }
        else if (!setting.TryApply(value, draft))
        {
            var note = setting.Treatment == Treatment.Better && setting.Note!.Contains("refused", StringComparison.Ordinal) ? $" ({setting.Note})" : "";
            Report($"{source}: {setting.Name} = {setting.Show(value)}: accepted is {setting.Accepted}{note}.");
        }
        else if (setting.Treatment == Treatment.WithoutEffect)
        {
            _warnings.Add($"{source}: {setting.Name} has no effect: {setting.Note}.");
        }
    }

    /// <summary>A problem, or where Java's leniency is asked for, a warning: Java ignores unknown keys and takes what it cannot read for its default.</summary>
    private void Report(string problem)
    {
        if (lenient)
        {
            _warnings.Add(problem + " It is ignored.");
        }
        else
        {
            _problems.Add(problem);
        }
    }
}
