using Kcl.Daemon.Children;
using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;

namespace Kcl.Daemon.Settings;

/// <summary>What the settings of a file come to, while they are read.</summary>
internal sealed class SettingsDraft
{
    public KinesisConsumerOptions Consumer { get; } = new() { ReuseRecordBuffers = true };

    public KinesisClientOptions Kinesis { get; } = new();

    public DynamoDbLeaseStoreOptions DynamoDb { get; } = new();

    public string? ExecutableName { get; set; }

    public string? ProcessingLanguage { get; set; }

    public string? WorkingDirectory { get; set; }

    public IReadOnlyDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>();

    public TimeSpan? MessageTimeout { get; set; }

    public TimeSpan? StartupTimeout { get; set; } = new ChildOptions { Command = new("", []) }.StartupTimeout;

    public TimeSpan ExitGrace { get; set; } = new ChildOptions { Command = new("", []) }.ExitGrace;

    public string? StreamName { get; set; }

    public StreamArn? StreamArn { get; set; }

    public string? RegionName { get; set; }

    public string? InitialPosition { get; set; }

    public DateTimeOffset? InitialTimestamp { get; set; }

    public string RetrievalMode { get; set; } = "DEFAULT";

    public string? LeaseStore { get; set; }

    public string? Credentials { get; set; }

    public string? CredentialsDynamoDb { get; set; }
}
