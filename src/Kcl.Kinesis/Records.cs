namespace Kcl.Kinesis;

/// <summary>The five ways to say where reading a shard starts.</summary>
public enum StartingPositionType
{
    /// <summary>The oldest record.</summary>
    TrimHorizon,

    /// <summary>After the newest record.</summary>
    Latest,

    /// <summary>At the record with a given number.</summary>
    AtSequenceNumber,

    /// <summary>After the record with a given number.</summary>
    AfterSequenceNumber,

    /// <summary>At the first record put at or after an instant.</summary>
    AtTimestamp,
}

/// <summary>Where reading a shard starts.</summary>
public readonly record struct StartingPosition
{
    private StartingPosition(StartingPositionType type, SequenceNumber? sequenceNumber = null, DateTimeOffset? timestamp = null) =>
        (Type, SequenceNumber, Timestamp) = (type, sequenceNumber, timestamp);

    /// <summary>Which way.</summary>
    public StartingPositionType Type { get; }

    /// <summary>The number, for the two types that name one.</summary>
    public SequenceNumber? SequenceNumber { get; }

    /// <summary>The instant, to the millisecond, for <see cref="StartingPositionType.AtTimestamp"/>.</summary>
    public DateTimeOffset? Timestamp { get; }

    /// <summary>The oldest record.</summary>
    public static StartingPosition TrimHorizon => new(StartingPositionType.TrimHorizon);

    /// <summary>After the newest record.</summary>
    public static StartingPosition Latest => new(StartingPositionType.Latest);

    /// <summary>At a record.</summary>
    /// <param name="sequenceNumber">The record's number.</param>
    public static StartingPosition At(SequenceNumber sequenceNumber) => new(StartingPositionType.AtSequenceNumber, sequenceNumber);

    /// <summary>After a record.</summary>
    /// <param name="sequenceNumber">The record's number.</param>
    public static StartingPosition After(SequenceNumber sequenceNumber) => new(StartingPositionType.AfterSequenceNumber, sequenceNumber);

    /// <summary>At the first record put at or after an instant.</summary>
    /// <param name="timestamp">The instant.</param>
    public static StartingPosition AtTimestamp(DateTimeOffset timestamp) => new(StartingPositionType.AtTimestamp, timestamp: timestamp);
}

/// <summary>One call of <c>GetRecords</c>.</summary>
/// <param name="Stream">The stream; sent where it was named by ARN.</param>
/// <param name="ShardIterator">The iterator.</param>
/// <param name="Limit">The most records wanted, 1 to 10000; null for the service's own limits of 10000 records and 10 MiB.</param>
/// <param name="ReuseBuffer">Whether the response's buffer is rented from a pool: then the records are valid only until the result is disposed.</param>
public sealed record GetRecordsRequest(StreamIdentifier Stream, string ShardIterator, int? Limit = null, bool ReuseBuffer = false);

/// <summary>What one call of <c>GetRecords</c> brought. Disposing it gives its buffer back where the request asked for one of the pool; else it does nothing.</summary>
/// <param name="records">The records.</param>
/// <param name="nextShardIterator">Where the next call goes on; null at the end of the shard.</param>
/// <param name="millisBehindLatest">How far the response is behind the tip.</param>
/// <param name="childShards">The shards that continue this one, with the last response.</param>
/// <param name="byteCount">The size of the buffer the records keep alive.</param>
/// <param name="owner">Gets the buffer back.</param>
public sealed class GetRecordsResult(IReadOnlyList<KinesisRecord> records, string? nextShardIterator, long? millisBehindLatest, IReadOnlyList<ChildShard> childShards, int byteCount, IDisposable? owner = null) : IDisposable
{
    private IDisposable? _owner = owner;

    /// <summary>The records, in shard order.</summary>
    public IReadOnlyList<KinesisRecord> Records { get; } = records;

    /// <summary>Where the next call goes on; null at the end of the shard.</summary>
    public string? NextShardIterator { get; } = nextShardIterator;

    /// <summary>How far the response is behind the tip of the shard, in milliseconds; null where the server did not say.</summary>
    public long? MillisBehindLatest { get; } = millisBehindLatest;

    /// <summary>The shards that continue this one; empty unless it has ended. Some servers never tell.</summary>
    public IReadOnlyList<ChildShard> ChildShards { get; } = childShards;

    /// <summary>The size of the buffer the records keep alive, in bytes.</summary>
    public int ByteCount { get; } = byteCount;

    /// <inheritdoc />
    public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Dispose();
}

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

/// <summary>Where a record went.</summary>
/// <param name="ShardId">The shard.</param>
/// <param name="SequenceNumber">The record's number there.</param>
public sealed record PutRecordResult(ShardId ShardId, SequenceNumber SequenceNumber);

/// <summary>What became of one record of <c>PutRecords</c>: either a place or an error.</summary>
/// <param name="ShardId">The shard, where the record was stored.</param>
/// <param name="SequenceNumber">Its number, where the record was stored.</param>
/// <param name="ErrorCode">The service's error code, where it was not: <c>ProvisionedThroughputExceededException</c> or <c>InternalFailure</c>.</param>
/// <param name="ErrorMessage">The service's words.</param>
public sealed record PutRecordsResultEntry(ShardId? ShardId, SequenceNumber? SequenceNumber, string? ErrorCode, string? ErrorMessage)
{
    /// <summary>Whether the record was stored.</summary>
    public bool Succeeded => ErrorCode is null;
}
