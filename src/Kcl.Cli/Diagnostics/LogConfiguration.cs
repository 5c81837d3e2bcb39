using System.Xml;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>
/// Reads the levels from a logback file, which is what Java's daemon takes with <c>-l</c>, or from a JSON logging section. Logs go to
/// standard error; appenders are ignored.
/// </summary>
internal static class LogConfiguration
{
    /// <summary>Java's packages and the parts of this program that do the same.</summary>
    private static readonly (string Java, string Ours)[] Packages =
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
    /// <returns>The levels, and what was in it that has no effect here.</returns>
    /// <exception cref="ConfigurationException">The file is missing, neither XML nor JSON, or contains an invalid level.</exception>
    public static (LogLevels Levels, IReadOnlyList<string> Ignored) Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new ConfigurationException(
                $"The log configuration '{path}' does not exist. Give -l the path of a logback XML file or of a JSON logging section, or "
                + $"leave it out for Information and above.");
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
                        root = Level(path, "root", level);
                        break;
                    case "logger" when xml.GetAttribute("name") is { } name && xml.GetAttribute("level") is { } level:
                        levels[Ours(name)] = Level(path, name, level);
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
                $"The log configuration '{path}' is not XML: {error.Message} Give -l the path of a logback XML file or of a JSON logging "
                + $"section.", error);
        }

        return (new(root, levels), [.. ignored]);
    }

    private static string Ours(string name)
    {
        foreach (var (java, ours) in Packages)
        {
            if (name == java || name.StartsWith(java + ".", StringComparison.Ordinal))
            {
                return ours;
            }
        }

        return name;
    }

    private static LogLevel Level(string path, string logger, string value) => value.ToUpperInvariant() switch
    {
        "ALL" or "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "INFO" => LogLevel.Information,
        "WARN" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "OFF" => LogLevel.None,
        _ => throw new ConfigurationException(
            $"The log configuration '{path}' gives {logger} the level '{value}'; TRACE, DEBUG, INFO, WARN, ERROR, ALL and OFF are "
            + $"accepted."),
    };
}
