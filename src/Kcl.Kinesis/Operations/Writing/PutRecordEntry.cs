using System.Diagnostics.CodeAnalysis;

namespace Kcl.Kinesis;

/// <summary>One record to put.</summary>
/// <remarks>
/// <c>new PutRecordEntry(data)</c> creates a record without a partition key. Only a stream with the strategy
/// <see cref="RecordDistributionStrategy.Auto"/> accepts such a record; any other stream rejects the call. With that strategy, the service
/// chooses the shard of every record: the partition key is stored with the record, but neither it nor the hash key determines the shard.
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

    /// <summary>Gets the payload. Payload and partition key together can have at most 1 MiB, unless the stream allows more.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Gets the partition key, whose MD5 determines the shard: 1 to 256 characters; null for a record without one.</summary>
    public string? PartitionKey { get; init; }

    /// <summary>
    /// Gets the hash key that determines the shard instead of the partition key; null if the partition key determines it.
    /// </summary>
    public UInt128? ExplicitHashKey { get; init; }
}
