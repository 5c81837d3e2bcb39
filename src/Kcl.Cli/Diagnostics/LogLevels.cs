using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>The least level that is logged, per category; the longest matching prefix decides.</summary>
/// <param name="Default">For categories no prefix matches.</param>
/// <param name="ByPrefix">For categories that are, or start with and a dot, the key.</param>
internal sealed record LogLevels(LogLevel Default, IReadOnlyDictionary<string, LogLevel> ByPrefix)
{
    public LogLevels(LogLevel @default)
        : this(@default, new Dictionary<string, LogLevel>())
    {
    }

    public LogLevel For(string category)
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
