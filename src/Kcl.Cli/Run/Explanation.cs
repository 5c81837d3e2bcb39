using System.Text;
using System.Text.Json;
using Kcl.Cli.Internal;
using Kcl.Daemon;
using Kcl.Daemon.Settings;

namespace Kcl.Cli.Run;

/// <summary>Prints the output of <c>--explain</c>: every setting with the value in effect and its source.</summary>
internal static class Explanation
{
    /// <summary>Prints the settings.</summary>
    /// <param name="context">The environment of the command.</param>
    /// <param name="configuration">The configuration.</param>
    /// <param name="json">Whether to print JSON.</param>
    /// <param name="cancellationToken">Cancels the output.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> WriteAsync(
        CliContext context, DaemonConfiguration configuration, bool json, CancellationToken cancellationToken)
    {
        var text = json ? FormatJson(configuration) : FormatText(configuration);
        await context.Output.WriteLineAsync(text.AsMemory(), cancellationToken).ConfigureAwait(false);
        return ExitCode.Done;
    }

    internal static string FormatText(DaemonConfiguration configuration)
    {
        var settings = configuration.Explain();
        var width = settings.Max(s => s.Name.Length);
        var lines = new List<string> { "Set:" };
        foreach (var setting in settings.Where(s => s.IsGiven))
        {
            var note = setting.Compatibility == JavaCompatibility.NoEffect ? $"; no effect: {setting.Explanation}" : "";
            lines.Add($"  {setting.Name.PadRight(width)} = {setting.Value}    ({setting.Source}{note})");
        }

        lines.Add("");
        lines.Add("By default:");
        lines.AddRange(settings
            .Where(s => !s.IsGiven && s.Compatibility != JavaCompatibility.NoEffect)
            .Select(s => $"  {s.Name.PadRight(width)} = {s.Value}"));
        if (configuration.Warnings.Count > 0)
        {
            lines.Add("");
            lines.Add("Warnings:");
            lines.AddRange(configuration.Warnings.Select(w => $"  {w}"));
        }

        return string.Join(Environment.NewLine, lines);
    }

    internal static string FormatJson(DaemonConfiguration configuration)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("settings");
            foreach (var setting in configuration.Explain())
            {
                Write(writer, setting);
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

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, ExplainedSetting setting)
    {
        writer.WriteStartObject();
        writer.WriteString("name", setting.Name);
        writer.WriteString("value", setting.Value);
        writer.WriteString("source", setting.Source);
        writer.WriteBoolean("isGiven", setting.IsGiven);
        writer.WriteString("comparedWithJava", setting.Compatibility switch
        {
            JavaCompatibility.Same => "same",
            JavaCompatibility.NoEffect => "noEffect",
            JavaCompatibility.Refused => "refused",
            _ => "differs",
        });
        if (setting.Explanation is { } explanation)
        {
            writer.WriteString("explanation", explanation);
        }

        writer.WriteEndObject();
    }
}
