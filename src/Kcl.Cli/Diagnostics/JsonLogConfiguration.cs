using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>
/// Reads log levels from a .NET logging section in JSON:
/// <c>{"Logging":{"LogLevel":{"Default":"Information","Kcl.Leasing":"Debug"}}}</c>, or only the value of <c>Logging</c>.
/// </summary>
internal static class JsonLogConfiguration
{
    /// <summary>Reads the levels.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="text">The text of the file.</param>
    /// <returns>The levels, and the elements of the file that have no effect.</returns>
    /// <exception cref="ConfigurationException">The text is not JSON, or contains an invalid level.</exception>
    public static (LogLevels Levels, IReadOnlyList<string> Ignored) Read(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return Read(path, document.RootElement);
        }
        catch (JsonException error)
        {
            throw new ConfigurationException($"The log configuration '{path}' is not valid JSON: {error.Message}", error);
        }
    }

    private static (LogLevels Levels, IReadOnlyList<string> Ignored) Read(string path, JsonElement root)
    {
        var ignored = new List<string>();
        var isWrapped = root.TryGetProperty("Logging", out var logging) && logging.ValueKind == JsonValueKind.Object;
        var section = isWrapped ? logging : root;
        if (isWrapped)
        {
            ignored.AddRange(root.EnumerateObject().Where(p => p.Name != "Logging").Select(p => p.Name));
        }

        var fallback = LogLevel.Information;
        var levels = new Dictionary<string, LogLevel>(StringComparer.Ordinal) { ["Microsoft"] = LogLevel.Warning };
        foreach (var property in section.EnumerateObject())
        {
            if (property.Name != "LogLevel" || property.Value.ValueKind != JsonValueKind.Object)
            {
                ignored.Add(property.Name);
                continue;
            }

            foreach (var level in property.Value.EnumerateObject())
            {
                var parsed = ParseLevel(path, level.Name, level.Value);
                fallback = level.Name == "Default" ? parsed : fallback;
                levels[level.Name] = parsed;
            }
        }

        return (new(fallback, levels), [.. ignored.Distinct(StringComparer.Ordinal)]);
    }

    private static LogLevel ParseLevel(string path, string category, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Enum.TryParse<LogLevel>(value.GetString(), ignoreCase: true, out var level)
            && Enum.IsDefined(level)
            ? level
            : throw new ConfigurationException(
                $"The log configuration '{path}' sets {category} to the level {value.GetRawText()}; it must be Trace, Debug, Information, "
                + "Warning, Error, Critical or None.");
}
