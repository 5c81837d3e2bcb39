using System.Xml;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>
/// Reads log levels from a logback file, as Java's daemon does with <c>-l</c>, or from a .NET logging section in JSON. Appenders are
/// ignored, because logs are always written to standard error.
/// </summary>
internal static class LogConfiguration
{
    /// <summary>The packages of the Java KCL and the corresponding log categories.</summary>
    private static readonly (string Java, string Category)[] Packages =
    [
        ("software.amazon.kinesis.multilang.DrainChildSTDERRTask", "Kcl.Child"),
        ("software.amazon.kinesis.multilang", "Kcl.Daemon"),
        ("software.amazon.kinesis.leases", "Kcl.Leasing"),
        ("software.amazon.kinesis.retrieval", "Kcl.Retrieval"),
        ("software.amazon.kinesis.lifecycle", "Kcl.Consuming"),
        ("software.amazon.kinesis.checkpoint", "Kcl.Checkpointing"),
        ("software.amazon.kinesis.coordinator", "Kcl.Coordination"),
        ("software.amazon.kinesis.processor", "Kcl.Processing"),
        ("software.amazon.kinesis", "Kcl"),
        ("software.amazon", "Kcl"),
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The levels, and the elements of the file that have no effect.</returns>
    /// <exception cref="ConfigurationException">The file is missing, neither XML nor JSON, or contains an invalid level.</exception>
    public static (LogLevels Levels, IReadOnlyList<string> Ignored) Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new ConfigurationException(
                $"The log configuration '{path}' does not exist. Specify a logback XML file or a JSON logging section with -l, or "
                + "omit -l to log at Information.");
        }

        var text = File.ReadAllText(path);
        if (text.AsSpan().TrimStart() is ['{', ..])
        {
            return JsonLogConfiguration.Read(path, text);
        }

        var root = LogLevel.Information;
        var levels = new Dictionary<string, LogLevel>(StringComparer.Ordinal) { ["Microsoft"] = LogLevel.Warning };
        var ignored = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            using var source = new StringReader(text);
            using var xml = XmlReader.Create(source, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            while (xml.Read())
            {
                switch (xml.NodeType == XmlNodeType.Element ? xml.Name : "")
                {
                    case "root" when xml.GetAttribute("level") is { } level:
                        root = ParseLevel(path, "root", level);
                        break;
                    case "logger" when xml.GetAttribute("name") is { } name && xml.GetAttribute("level") is { } level:
                        levels[ToCategory(name)] = ParseLevel(path, name, level);
                        break;
                    case "" or "configuration" or "root" or "logger":
                        break;
                    default:
                        ignored.Add(xml.Name);
                        break;
                }
            }
        }
        catch (XmlException error)
        {
            throw new ConfigurationException(
                $"The log configuration '{path}' is not valid XML: {error.Message} Specify a logback XML file or "
                + "a JSON logging section with -l.",
                error);
        }

        return (new(root, levels), [.. ignored]);
    }

    private static string ToCategory(string name)
    {
        foreach (var (java, category) in Packages)
        {
            if (name == java || name.StartsWith(java + ".", StringComparison.Ordinal))
            {
                return category;
            }
        }

        return name;
    }

    private static LogLevel ParseLevel(string path, string logger, string value) => value.ToUpperInvariant() switch
    {
        "ALL" or "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "INFO" => LogLevel.Information,
        "WARN" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "OFF" => LogLevel.None,
        _ => throw new ConfigurationException(
            $"The log configuration '{path}' sets {logger} to the level '{value}'; it must be TRACE, DEBUG, INFO, WARN, "
            + "ERROR, ALL or OFF."),
    };
}
