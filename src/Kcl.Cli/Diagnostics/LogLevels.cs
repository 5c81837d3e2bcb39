using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>The minimum level of each category. The longest matching prefix applies.</summary>
/// <param name="Default">The level of categories that match no prefix.</param>
/// <param name="ByPrefix">
/// The levels by prefix. A prefix matches the category of the same name, and categories that continue it after a dot.
/// </param>
internal sealed record LogLevels(LogLevel Default, IReadOnlyDictionary<string, LogLevel> ByPrefix)
{
    /// <summary>Creates levels without prefixes.</summary>
    public LogLevels(LogLevel @default)
        : this(@default, new Dictionary<string, LogLevel>())
    {
    }

    /// <summary>Returns the minimum level of a category.</summary>
    public LogLevel GetLevel(string category)
    {
        for (var prefix = category; prefix.Length > 0; prefix = prefix[..Math.Max(prefix.LastIndexOf('.'), 0)])
        {
            if (ByPrefix.TryGetValue(prefix, out var level))
            {
                return level;
            }
        }

        return Default;
    }
}
