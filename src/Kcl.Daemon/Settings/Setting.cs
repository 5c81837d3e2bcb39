namespace Kcl.Daemon.Settings;

/// <summary>What is done with a setting, compared with the Java daemon.</summary>
internal enum Treatment
{
    /// <summary>What Java does.</summary>
    Same,

    /// <summary>What Java does, and better: the note says how.</summary>
    Better,

    /// <summary>Java has no such setting.</summary>
    Ours,

    /// <summary>Read and checked, but without effect: the note says why.</summary>
    WithoutEffect,

    /// <summary>Not accepted: the note says why, and what to do instead.</summary>
    Refused,
}

/// <summary>One row of the table of settings: all there is to know of one key of a properties file.</summary>
/// <param name="Name">The key.</param>
/// <param name="Group">The heading it stands under in the documentation.</param>
/// <param name="Accepted">What is accepted.</param>
/// <param name="Default">What holds where the key is absent.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Treatment">What is done with it.</param>
/// <param name="Note">How it is better, or why it is without effect or refused.</param>
/// <param name="TryApply">Reads a value and puts it into the draft; false if it is not accepted.</param>
internal sealed record Setting(
    string Name, string Group, string Accepted, string Default, string Meaning, Treatment Treatment, string? Note, Func<string, SettingsDraft, bool> TryApply)
{
    /// <summary>Other spellings: legacy ones, and those by the names of Java's configuration beans.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether the value may hold secrets and is not to be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether the key is matched in any letter case, as Java matches this one.</summary>
    public bool AnyCase { get; init; }

    /// <summary>The environment variable that overrides the file.</summary>
    public string EnvironmentVariable => "KCL_" + string.Concat(Name.Select((c, i) => i > 0 && char.IsUpper(c) && (!char.IsUpper(Name[i - 1]) || (i + 1 < Name.Length && char.IsLower(Name[i + 1]))) ? "_" + c : c == '.' ? "_" : $"{c}")).ToUpperInvariant();

    /// <summary>What is done with it, in words.</summary>
    public string DescribeTreatment() => Treatment switch
    {
        Treatment.Same => "same",
        Treatment.Better => $"better: {Note}",
        Treatment.Ours => "ours",
        Treatment.WithoutEffect => $"no effect: {Note}",
        _ => $"refused: {Note}",
    };

    /// <summary>What may be said of a value in a message.</summary>
    public string Show(string value) => IsSecret && value.IndexOf('|', StringComparison.Ordinal) is var at and >= 0 ? value[..at] + "|…" : value;
}

/// <summary>Builds rows of one group.</summary>
/// <param name="group">The heading.</param>
/// <param name="bean">The name of Java's bean that the group's keys may be prefixed with, if it has one.</param>
internal sealed class SettingGroup(string group, string? bean = null)
{
    public Setting Same<T>(string name, SettingType<T> type, string @default, string meaning, Action<SettingsDraft, T> apply) => Row(name, type, @default, meaning, Treatment.Same, null, apply);

    public Setting Better<T>(string name, SettingType<T> type, string @default, string meaning, string how, Action<SettingsDraft, T> apply) => Row(name, type, @default, meaning, Treatment.Better, how, apply);

    public Setting Ours<T>(string name, SettingType<T> type, string @default, string meaning, Action<SettingsDraft, T> apply) => Row(name, type, @default, meaning, Treatment.Ours, null, apply);

    public Setting WithoutEffect<T>(string name, SettingType<T> type, string @default, string meaning, string why) => Row(name, type, @default, meaning, Treatment.WithoutEffect, why, static (_, _) => { });

    public Setting Refused(string name, string meaning, string why) => new(name, group, "nothing", "–", meaning, Treatment.Refused, why, static (_, _) => false) { Aliases = Nested(name) };

    private Setting Row<T>(string name, SettingType<T> type, string @default, string meaning, Treatment treatment, string? note, Action<SettingsDraft, T> apply) =>
        new(name, group, type.Accepted, @default, meaning, treatment, note, (text, draft) =>
        {
            if (type.Parse(text) is not { } parsed)
            {
                return false;
            }

            apply(draft, parsed.Value);
            return true;
        })
        {
            Aliases = Nested(name),
        };

    private string[] Nested(string name) => bean is null ? [] : [$"{bean}.{name}"];
}
