using System.Diagnostics.CodeAnalysis;

namespace Kcl.Kinesis;

/// <summary>One record to put.</summary>
/// <remarks>
/// A record without a partition key is <c>new PutRecordEntry(data)</c>. Only a stream with the strategy
/// <see cref="RecordDistributionStrategy.Auto"/> accepts it; any other stream refuses the call. With that strategy the service chooses the
/// shard of every record: the partition key is stored with the record, but neither it nor the hash key decides the shard.
/// </remarks>
public sealed record PutRecordEntry
{
    /// <summary>Creates a record whose properties are set by an object initializer.</summary>
    public PutRecordEntry()
    {
    }

    /// <summary>Creates a record.</summary>
    /// <param name="data">The payload.</param>
    /// <param name="partitionKey">The partition key; null for a record without one.</param>
    [SetsRequiredMembers]
    public PutRecordEntry(ReadOnlyMemory<byte> data, string? partitionKey = null)
    {
        Data = data;
        PartitionKey = partitionKey;
    }

    /// <summary>Gets the payload; with the partition key at most 1 MiB unless the stream allows more.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Gets the partition key, whose MD5 decides the shard: 1 to 256 characters; null for a record without one.</summary>
    public string? PartitionKey { get; init; }

    /// <summary>Gets the hash key that decides the shard instead of the partition key; null if the partition key does.</summary>
    public UInt128? ExplicitHashKey { get; init; }
}
