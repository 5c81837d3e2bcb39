using Kcl.Daemon.Children.Command;
using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;

namespace Kcl.Daemon.Settings;

/// <summary>
/// Collects the values of the settings while they are read. A new draft has the defaults of the options, which the documentation lists.
/// </summary>
internal sealed class SettingsDraft
{
    /// <summary>The value of <c>leaseStore</c> for DynamoDB.</summary>
    public const string DynamoDbStore = "dynamodb";

    /// <summary>The prefix of <c>leaseStore</c> for a SQLite file; the path follows.</summary>
    public const string SqliteScheme = "sqlite:";

    public KinesisConsumerOptions Consumer { get; } = new() { ReuseRecordBuffers = true };

    public KinesisClientOptions Kinesis { get; } = new();

    public DynamoDbLeaseStoreOptions DynamoDb { get; } = new();

    public ChildOptions Child { get; } = new();

    public string? ExecutableName { get; set; }

    public string? WorkingDirectory { get; set; }

    public string? StreamName { get; set; }

    public StreamArn? StreamArn { get; set; }

    public string? RegionName { get; set; }

    public InitialPosition? InitialPosition { get; set; }

    public DateTimeOffset? InitialTimestamp { get; set; }

    /// <summary>Gets or sets the mode; null for <c>DEFAULT</c>, which depends on other settings.</summary>
    public RetrievalMode? RetrievalMode { get; set; }

    public string? LeaseStore { get; set; }

    public string? Credentials { get; set; }

    public string? CredentialsDynamoDb { get; set; }
}
