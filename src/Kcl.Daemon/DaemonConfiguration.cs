using Kcl.Daemon.Children;
using Kcl.Daemon.Credentials;
using Kcl.Daemon.Settings;
using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;

namespace Kcl.Daemon;

/// <summary>Everything a <see cref="MultiLangDaemon"/> needs to know, checked.</summary>
public sealed class DaemonConfiguration
{
    private DaemonConfiguration(DaemonOptions options, SettingsReader reader, SettingsDraft draft, ChildCommand command)
    {
        Warnings = reader.Warnings;
        Settings = reader.Effective;
        (Consumer, Kinesis, DynamoDb) = (draft.Consumer, draft.Kinesis, draft.DynamoDb);
        Local = options.Local ? options : null;
        SqliteFile = draft.LeaseStore?.StartsWith("sqlite:", StringComparison.Ordinal) == true ? draft.LeaseStore["sqlite:".Length..]
            : options.Local ? Path.Combine(options.LocalDirectory, "leases.db") : null;
        Child = new()
        {
            Command = command,
            Environment = draft.Environment,
            MessageTimeout = draft.MessageTimeout,
            StartupTimeout = draft.StartupTimeout,
            ExitGrace = draft.ExitGrace,
        };
    }

    /// <summary>What can be used but should be known: keys without effect, keys set twice.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The application's name.</summary>
    public string ApplicationName => Consumer.ApplicationName;

    /// <summary>The stream.</summary>
    public StreamIdentifier Stream => Consumer.Stream.Identifier;

    /// <summary>The program that is run for each shard, and its arguments.</summary>
    public IReadOnlyList<string> Command => [Child.Command.Program, .. Child.Command.Arguments];

    /// <summary>The SQLite file with the leases; null where they are in DynamoDB.</summary>
    public string? SqliteFile { get; }

    /// <summary>Every setting with the value in force and where it comes from, in the order of docs/configuration.md; those that would be refused are left out.</summary>
    public IReadOnlyList<ExplainedSetting> Explain() =>
    [
        .. Settings.Where(s => s.Setting.Treatment != Treatment.Refused).Select(s => new ExplainedSetting(
            s.Setting.Name,
            s.Value is { } value ? s.Setting.Show(value) : s.Setting.Default,
            s.Source ?? "default",
            s.Value is not null,
            s.Setting.Meaning,
            s.Setting.DescribeTreatment())),
    ];

    internal IReadOnlyList<EffectiveSetting> Settings { get; }

    internal KinesisConsumerOptions Consumer { get; }

    internal KinesisClientOptions Kinesis { get; }

    internal DynamoDbLeaseStoreOptions DynamoDb { get; }

    internal DaemonOptions? Local { get; }

    internal ChildOptions Child { get; }

    /// <summary>Reads and checks a properties file.</summary>
    /// <param name="options">Which file, and what the command line says beside it.</param>
    /// <exception cref="ConfigurationException">The file is missing, or something in it cannot be used; the message lists every problem with its line, key, value and what is accepted.</exception>
    public static DaemonConfiguration Load(DaemonOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(options.PropertiesFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var what = e is FileNotFoundException or DirectoryNotFoundException ? $"does not exist (relative paths begin at {Directory.GetCurrentDirectory()})." : $"cannot be read: {e.Message}";
            throw new ConfigurationException($"The properties file '{options.PropertiesFile}' {what} Name a file in Java's .properties syntax; samples/sample.properties is one.", e);
        }

        return Load(options, bytes);
    }

    internal static DaemonConfiguration Load(DaemonOptions options, byte[] bytes)
    {
        var reader = new SettingsReader(options.PropertiesFile, options.Lenient, options.Environment);
        var draft = reader.Read(bytes);
        var command = Complete(options, reader, draft);
        return reader.Problems.Count == 0 ? new(options, reader, draft, command!) : throw new ConfigurationException(
            $"{options.PropertiesFile} cannot be used:{string.Concat(reader.Problems.Select(p => $"{Environment.NewLine}- {p}"))}");
    }

    /// <summary>What takes several settings together.</summary>
    private static ChildCommand? Complete(DaemonOptions options, SettingsReader reader, SettingsDraft draft)
    {
        Require(reader, "applicationName", draft.Consumer.ApplicationName, "the application's name, after which its lease table is called");
        if (draft.StreamArn is { AccountId: "000000000000" } placeholder)
        {
            // The samples of Amazon's client libraries name such a stream, and people leave it there, since Java looks at the name alone.
            draft.Consumer.Stream.Identifier = placeholder.StreamName;
            if (!options.Local)
            {
                reader.AddWarning($"streamArn = {placeholder}: there is no account 000000000000; only the stream's name is taken from it.");
            }
        }
        else if (draft.StreamArn is { } arn)
        {
            draft.Consumer.Stream.Identifier = options.Local ? arn.StreamName : arn;
            draft.RegionName ??= arn.Region;
            if (draft.RegionName != arn.Region)
            {
                reader.AddWarning($"regionName is {draft.RegionName}, but streamArn is in {arn.Region}; Kinesis is called in {arn.Region}.");
                draft.Kinesis.Region ??= arn.Region;
            }
        }
        else if (draft.StreamName is { } name)
        {
            try
            {
                draft.Consumer.Stream.Identifier = new StreamName(name);
            }
            catch (ArgumentException e)
            {
                reader.AddProblem($"streamName = {name}: {e.Message}");
            }
        }
        else
        {
            Require(reader, "streamName", null, "the stream's name, or streamArn its ARN");
        }

        SetPosition(reader, draft);
        draft.Consumer.RetrievalMode = draft.RetrievalMode switch
        {
            "POLLING" => RetrievalMode.Polling,
            "FANOUT" => RetrievalMode.FanOut,
            _ when options.Local || reader.Effective.Any(e => e.Value is not (null or "0") && RetrievalSettings.SelectPolling.Contains(e.Setting.Name)) => RetrievalMode.Polling,
            _ => RetrievalMode.FanOutOrPolling,
        };
        draft.Kinesis.Region ??= draft.RegionName;
        draft.DynamoDb.Region ??= draft.RegionName;
        draft.Kinesis.UserAgentSuffix = draft.ProcessingLanguage;
        draft.Kinesis.Encoding = IsCborDisabled(options.Environment) ? KinesisEncoding.Json : draft.Kinesis.Encoding;
        if (options.Local)
        {
            (draft.Kinesis.Endpoint, draft.Kinesis.Region, draft.Kinesis.SignRequests) = (options.LocalEndpoint, "us-east-1", false);
        }
        else
        {
            draft.Kinesis.Credentials = CredentialsFactory.Create(draft.Credentials, draft.RegionName);
            // What listens on this machine without TLS is an emulator: where nobody gave credentials it is not worth failing for want of them.
            draft.Kinesis.SignRequests = draft.Kinesis.Credentials is not null || draft.Kinesis.Endpoint is not { IsLoopback: true, Scheme: "http" } || !string.IsNullOrEmpty(options.Environment("AWS_ACCESS_KEY_ID"));
            draft.DynamoDb.Credentials = CredentialsFactory.Create(draft.CredentialsDynamoDb ?? draft.Credentials, draft.RegionName);
            if (draft is { Credentials: null, Kinesis.Endpoint.IsLoopback: true } && string.IsNullOrEmpty(options.Environment("AWS_ACCESS_KEY_ID")) && string.IsNullOrEmpty(options.Environment("AWS_PROFILE")))
            {
                // A server on this machine asks for no credentials; nobody should have to make some up, as for a local DynamoDB.
                (draft.Kinesis.SignRequests, draft.Kinesis.Region) = (false, draft.Kinesis.Region ?? "us-east-1");
            }
        }

        return options.LeasesOnly ? new("", [], null) : ReadCommand(reader, draft);
    }

    /// <summary>What the AWS SDKs for Java look at; emulators that speak JSON only are run with it.</summary>
    private static bool IsCborDisabled(Func<string, string?> environment) =>
        string.Equals(environment("AWS_CBOR_DISABLE"), "true", StringComparison.OrdinalIgnoreCase) || string.Equals(environment("CBOR_ENABLED"), "false", StringComparison.OrdinalIgnoreCase);

    private static void SetPosition(SettingsReader reader, SettingsDraft draft)
    {
        if (draft is { InitialPosition: not null, InitialTimestamp: not null })
        {
            reader.AddProblem("initialPositionInStream and initialPositionInStreamExtended are both set: which one Java takes is undefined; remove one of them.");
        }

        draft.Consumer.Stream.InitialPosition = draft.InitialTimestamp is { } timestamp ? InitialPosition.AtTimestamp(timestamp)
            : draft.InitialPosition == "TRIM_HORIZON" ? InitialPosition.TrimHorizon : InitialPosition.Latest;
    }

    private static ChildCommand? ReadCommand(SettingsReader reader, SettingsDraft draft)
    {
        if (draft.ExecutableName is not { } text)
        {
            Require(reader, "executableName", null, "the command to run for each shard");
            return null;
        }

        if (!CommandLine.TrySplit(text, out var words, out var problem))
        {
            reader.AddProblem($"executableName = {text}: {problem}.");
            return null;
        }

        if (draft.WorkingDirectory is { } directory && !Directory.Exists(directory))
        {
            reader.AddProblem($"childWorkingDirectory = {directory}: there is no such directory.");
        }
        else if (ExecutableSearch.Find(words[0], draft.WorkingDirectory, Environment.GetEnvironmentVariable("PATH")) is null)
        {
            reader.AddProblem($"executableName = {text}: {ExecutableSearch.NotFoundMessage(words[0])}");
        }

        return new(words[0], [.. words.Skip(1)], draft.WorkingDirectory);
    }

    private static void Require(SettingsReader reader, string key, string? value, string what)
    {
        // A value that was given but refused has been reported already.
        if (string.IsNullOrEmpty(value) && !reader.Effective.Any(e => e.Setting.Name == key && e.Value is not null))
        {
            reader.AddProblem($"{key} is missing: {what}.");
        }
    }
}
