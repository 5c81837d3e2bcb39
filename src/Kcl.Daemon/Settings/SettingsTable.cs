namespace Kcl.Daemon.Settings;

/// <summary>The one table of settings: drives reading, checking, <c>--explain</c> and the documentation.</summary>
internal static class SettingsTable
{
    /// <summary>Every setting, in the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. DaemonSettings.All, .. IdentitySettings.All, .. RetrievalSettings.All, .. LeaseSettings.All, .. WorkerSettings.All];

    // After All, from which it is made.
    private static readonly Dictionary<string, Setting> ByName = Index();

    /// <summary>Finds the setting of a key as Java would: by its exact letters, except for the credentials' prefix.</summary>
    public static Setting? Find(string key) =>
        ByName.TryGetValue(key, out var setting) ? setting
        : All.FirstOrDefault(s => s.AnyCase && IsSpelling(s.Name, key))
        ?? (key.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 && ByName.TryGetValue(key[..dot] + ".*", out var nested) ? nested : null);

    /// <summary>The key that was probably meant; null if none is close.</summary>
    public static string? Suggest(string key)
    {
        if (ByName.Keys.FirstOrDefault(n => n.Equals(key, StringComparison.OrdinalIgnoreCase)) is { } sameLetters)
        {
            return sameLetters;
        }

        var (name, distance) = ByName.Keys.Select(n => (Name: n, Distance: EditDistance.Between(n, key))).MinBy(c => c.Distance);
        return distance <= Math.Max(1, key.Length / 4) ? name : key == "appName" ? "applicationName" : null;
    }

    // The prefix in any case, the service's name as it is.
    private static bool IsSpelling(string name, string key)
    {
        const int Prefix = 22; // AwsCredentialsProvider
        return key.Length == name.Length && key.AsSpan(0, Prefix).Equals(name.AsSpan(0, Prefix), StringComparison.OrdinalIgnoreCase) && key.AsSpan(Prefix).SequenceEqual(name.AsSpan(Prefix));
    }

    private static Dictionary<string, Setting> Index()
    {
        var index = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var setting in All)
        {
            foreach (var name in setting.Aliases.Prepend(setting.Name))
            {
                index.Add(name, setting);
            }
        }

        return index;
    }
}
