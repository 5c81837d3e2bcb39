namespace Kcl.Kinesis;

/// <summary>One record to put.</summary>
/// <remarks>
/// A record without a partition key is <c>new PutRecordEntry(data)</c>. Only a stream with the strategy
/// <see cref="RecordDistributionStrategy.Auto"/> takes it; any other stream
/// refuses the call. With that strategy the service chooses the shard of every record: the partition key is stored with the record, and
/// neither it nor the hash key decides the shard.
/// </remarks>
/// <param name="Data">The payload; with the partition key at most 1 MiB unless the stream allows more.</param>
/// <param name="PartitionKey">Decides the shard, by its MD5: 1 to 256 characters; null for a record without one.</param>
/// <param name="ExplicitHashKey">Decides the shard instead of the partition key.</param>
public sealed record PutRecordEntry(ReadOnlyMemory<byte> Data, string? PartitionKey = null, UInt128? ExplicitHashKey = null);
