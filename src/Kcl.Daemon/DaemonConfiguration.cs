using Kcl.Daemon.Children.Command;
using Kcl.Daemon.Configuration;
using Kcl.Daemon.Settings;
using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;

namespace Kcl.Daemon;

/// <summary>The checked configuration of a <see cref="MultiLangDaemon"/>.</summary>
public sealed class DaemonConfiguration
{
    private readonly IReadOnlyList<EffectiveSetting> _settings;
    private readonly ResolvedSettings _resolved;

    private DaemonConfiguration(
        DaemonOptions options, IReadOnlyList<EffectiveSetting> settings, IReadOnlyList<string> warnings, ResolvedSettings resolved)
    {
        _settings = settings;
        _resolved = resolved;
        Warnings = warnings;
        Local = options.Local ? options : null;
    }

    /// <summary>
    /// Gets the warnings about settings that are usable but may not have the intended effect, such as keys that are set twice.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Gets the name of the application.</summary>
    public string ApplicationName => Consumer.ApplicationName;

    /// <summary>Gets the stream.</summary>
    public StreamIdentifier Stream => Consumer.Stream.Identifier;

    /// <summary>Gets the program that is run for each shard, followed by its arguments.</summary>
    public IReadOnlyList<string> Command => [Child.Command.Program, .. Child.Command.Arguments];

    /// <summary>Gets the SQLite file of the leases; null if they are in DynamoDB.</summary>
    public string? SqliteFile => _resolved.SqliteFile;

    internal KinesisConsumerOptions Consumer => _resolved.Consumer;

    internal KinesisClientOptions Kinesis => _resolved.Kinesis;

    internal DynamoDbLeaseStoreOptions DynamoDb => _resolved.DynamoDb;

    internal ChildOptions Child => _resolved.Child;

    /// <summary>Gets the options if the daemon works with the embedded server; otherwise, null.</summary>
    internal DaemonOptions? Local { get; }

    /// <summary>Reads and checks a properties file.</summary>
    /// <param name="options">The file, and the options of the command line.</param>
    /// <exception cref="ConfigurationException">
    /// The file does not exist or cannot be used. The message lists every problem with its line, key, value and the accepted values.
    /// </exception>
    public static DaemonConfiguration Load(DaemonOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.Freeze();
        return Load(options, PropertiesFile.Read(options.PropertiesFile));
    }

    /// <summary>
    /// Returns every setting that is not refused, with the value in effect and its source, in the order of docs/configuration.md.
    /// </summary>
    public IReadOnlyList<ExplainedSetting> Explain() =>
        [.. _settings.Where(s => s.Setting.Compatibility != JavaCompatibility.Refused).Select(Explain)];

    /// <summary>Reads and checks a properties file for access to the leases only: the command of the children need not exist.</summary>
    /// <param name="options">The file, and the options of the command line.</param>
    internal static DaemonConfiguration LoadForLeases(DaemonOptions options)
    {
        options = options.Freeze();
        return Load(options, PropertiesFile.Read(options.PropertiesFile), runsChildren: false);
    }

    internal static DaemonConfiguration Load(DaemonOptions options, byte[] bytes, bool runsChildren = true)
    {
        var report = new SettingsReport(options.PropertiesFile, options.Lenient);
        var reading = new SettingsReader(report, options.Environment).Read(bytes);
        var context = new ResolutionContext
        {
            Environment = options.Environment,
            LocalEndpoint = options.Local ? options.LocalEndpoint : null,
            LocalDirectory = options.LocalDirectory,
            RequiresCommand = runsChildren,
        };
        var resolved = SettingsResolver.Resolve(reading, context, report);
        if (runsChildren && resolved.Child.Command != ChildCommand.None
            && ChildCommandCheck.FindProblem(resolved.Child.Command, reading.Draft.ExecutableName!) is { } problem)
        {
            report.AddProblem(problem);
        }

        return report.Problems.Count == 0
            ? new(options, reading.Effective, report.Warnings, resolved)
            : throw new ConfigurationException(
                string.Join($"{Environment.NewLine}- ", report.Problems.Prepend($"{report.File} cannot be used:")));
    }

    private static ExplainedSetting Explain(EffectiveSetting effective) => new()
    {
        Name = effective.Setting.Name,
        Value = effective.Value is { } value ? effective.Setting.Show(value) : effective.Setting.Default,
        Source = effective.Source ?? "default",
        IsGiven = effective.Value is not null,
        Meaning = effective.Setting.Meaning,
        Compatibility = effective.Setting.Compatibility,
        Explanation = effective.Setting.Note,
    };
}
