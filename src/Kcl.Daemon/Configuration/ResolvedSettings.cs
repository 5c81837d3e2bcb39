using Kcl.Daemon.Children.Command;
using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;

namespace Kcl.Daemon.Configuration;

/// <summary>The options of all parts of a daemon.</summary>
internal sealed record ResolvedSettings
{
    /// <summary>Gets the options of the consumer.</summary>
    public required KinesisConsumerOptions Consumer { get; init; }

    /// <summary>Gets the options of the Kinesis client.</summary>
    public required KinesisClientOptions Kinesis { get; init; }

    /// <summary>Gets the options of the DynamoDB lease store; used unless <see cref="SqliteFile"/> is set.</summary>
    public required DynamoDbLeaseStoreOptions DynamoDb { get; init; }

    /// <summary>Gets the SQLite file of the leases; null if they are in DynamoDB.</summary>
    public required string? SqliteFile { get; init; }

    /// <summary>Gets the options of the children.</summary>
    public required ChildOptions Child { get; init; }
}
