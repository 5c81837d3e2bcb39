using System.Text.Json;
using Kcl.Cli.Internal;
using Kcl.Daemon;

namespace Kcl.Cli.Run;

/// <summary>What <c>--explain</c> prints: every setting in force and where it comes from.</summary>
internal static class Explanation
{
    public static async Task<int> WriteAsync(CliContext context, DaemonConfiguration configuration, bool json, CancellationToken cancellationToken)
    {
        await context.Output.WriteLineAsync((json ? Json(configuration) : Text(configuration)).AsMemory(), cancellationToken).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static string Text(DaemonConfiguration configuration)
    {
        var settings = configuration.Explain();
        var given = settings.Where(s => s.IsGiven).ToList();
        var width = settings.Max(s => s.Name.Length);
        IEnumerable<string> lines =
        [
            "Set:",
            .. given.Select(s => $"  {s.Name.PadRight(width)} = {s.Value}    ({s.Source}{(s.Treatment.StartsWith("no effect", StringComparison.Ordinal) ? $"; {s.Treatment}" : "")})"),
            "",
            "By default:",
            .. settings.Where(s => !s.IsGiven && !s.Treatment.StartsWith("no effect", StringComparison.Ordinal)).Select(s => $"  {s.Name.PadRight(width)} = {s.Value}"),
            .. configuration.Warnings.Count == 0 ? Enumerable.Empty<string>() : ["", "To know:", .. configuration.Warnings.Select(w => $"  {w}")],
        ];
        return string.Join(Environment.NewLine, lines);
    }

    private static string Json(DaemonConfiguration configuration)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("settings");
            foreach (var setting in configuration.Explain())
            {
                writer.WriteStartObject();
                writer.WriteString("name", setting.Name);
                writer.WriteString("value", setting.Value);
                writer.WriteString("source", setting.Source);
                writer.WriteBoolean("isGiven", setting.IsGiven);
                writer.WriteString("comparedWithJava", setting.Treatment);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("warnings");
            foreach (var warning in configuration.Warnings)
            {
                writer.WriteStringValue(warning);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
