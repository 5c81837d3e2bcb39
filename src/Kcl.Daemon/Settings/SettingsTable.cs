using Kcl.Internal;

namespace Kcl.Daemon.Settings;

/// <summary>
/// The table of all settings. It determines how a file is read and checked, the output of <c>--explain</c>, and the documentation.
/// </summary>
internal static class SettingsTable
{
    /// <summary>Gets every setting, in the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. DaemonSettings.All,
        .. IdentitySettings.All,
        .. RetrievalSettings.All,
        .. LeaseSettings.All,
        .. WorkerSettings.All,
    ];

    // Built from All, so it must be initialized after it.
    private static readonly Dictionary<string, Setting> ByName = BuildIndex();

    /// <summary>
    /// Returns the setting of a key. As in Java, keys are case-sensitive, except the prefix of the credentials' keys.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <returns>The setting; null if the key is unknown.</returns>
    public static Setting? Find(string key)
    {
        if (ByName.TryGetValue(key, out var setting))
        {
            return setting;
        }

        return All.FirstOrDefault(s => s.IsNamed(key))
            ?? (key.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? ByName.GetValueOrDefault(key[..dot] + ".*") : null);
    }

    /// <summary>Returns the key that the user probably meant.</summary>
    /// <param name="key">A key that does not exist.</param>
    /// <returns>The most similar key; null if none is similar.</returns>
    public static string? Suggest(string key)
    {
        if (ByName.Keys.FirstOrDefault(n => n.Equals(key, StringComparison.OrdinalIgnoreCase)) is { } sameLetters)
        {
            return sameLetters;
        }

        var (name, distance) = ByName.Keys.Select(n => (Name: n, Distance: EditDistance.Between(n, key))).MinBy(c => c.Distance);
        return distance <= Math.Max(1, key.Length / 4) ? name : key == "appName" ? "applicationName" : null;
    }

    private static Dictionary<string, Setting> BuildIndex()
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
