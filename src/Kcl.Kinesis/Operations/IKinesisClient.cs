namespace Kcl.Kinesis;

/// <summary>The operations of Kinesis Data Streams that a consumer, a putter and their tools need.</summary>
/// <remarks>Every method throws <see cref="KinesisException"/> for what the service, or the way to it, answered; retries that can help were made before.</remarks>
public interface IKinesisClient
{
    /// <summary>Gets an estimate of the service's present time. It is never later than the service's own clock, so that reading from it misses nothing.</summary>
    /// <value>Null before the first answer, and for a server that sends no <c>Date</c> header.</value>
    DateTimeOffset? ServiceTime => null;

    /// <summary>Creates a provisioned stream. It is usable once its status is <see cref="StreamStatus.Active"/>.</summary>
    /// <param name="streamName">The new stream's name.</param>
    /// <param name="shardCount">How many shards it starts with; at least 1.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task CreateStreamAsync(StreamName streamName, int shardCount, CancellationToken cancellationToken = default);

    /// <summary>Deletes a stream and its records.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="enforceConsumerDeletion">Whether registered fan-out consumers are deleted with it; else they prevent the deletion.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task DeleteStreamAsync(StreamIdentifier stream, bool enforceConsumerDeletion, CancellationToken cancellationToken = default);

    /// <summary>Describes a stream without its shards.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task<StreamDescriptionSummary> DescribeStreamSummaryAsync(StreamIdentifier stream, CancellationToken cancellationToken = default);

    /// <summary>Lists stream names, one page.</summary>
    /// <param name="nextToken">The previous page's token; null for the first page.</param>
    /// <param name="limit">The most names of a page; null for the service's default of 100.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task<ListStreamsPage> ListStreamsAsync(string? nextToken, int? limit, CancellationToken cancellationToken = default);

    /// <summary>Lists shards, one page. A page's token is valid for 300 seconds.</summary>
    /// <param name="request">Which shards, or which page.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task<ListShardsPage> ListShardsAsync(ListShardsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gets an iterator, valid for 5 minutes.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardId">The shard.</param>
    /// <param name="position">Where reading starts.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <returns>An opaque token for <see cref="GetRecordsAsync"/>.</returns>
    Task<string> GetShardIteratorAsync(StreamIdentifier stream, ShardId shardId, StartingPosition position, CancellationToken cancellationToken = default);

    /// <summary>Reads records of one shard.</summary>
    /// <param name="request">Iterator and limit.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <returns>The records as slices of one buffer, which goes back to its pool, where one was asked for, when the result is disposed.</returns>
    Task<GetRecordsResult> GetRecordsAsync(GetRecordsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Puts one record.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Abandons the call; the record may have been stored all the same.</param>
    Task<PutRecordResult> PutRecordAsync(StreamIdentifier stream, PutRecordEntry record, CancellationToken cancellationToken = default);

    /// <summary>Puts 1 to 500 records in one call, without retrying entries that failed. See <see cref="KinesisClientExtensions"/> for the call that does.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="records">The records.</param>
    /// <param name="cancellationToken">Abandons the call; records may have been stored all the same.</param>
    /// <returns>One result per record, in the order given.</returns>
    Task<IReadOnlyList<PutRecordsResultEntry>> PutRecordsAsync(StreamIdentifier stream, IReadOnlyList<PutRecordEntry> records, CancellationToken cancellationToken = default);

    /// <summary>Splits a shard in two. The stream is <see cref="StreamStatus.Updating"/> until it is done.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardToSplit">The open shard to split.</param>
    /// <param name="newStartingHashKey">Where the second child begins.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task SplitShardAsync(StreamIdentifier stream, ShardId shardToSplit, UInt128 newStartingHashKey, CancellationToken cancellationToken = default);

    /// <summary>Merges two adjacent shards. The stream is <see cref="StreamStatus.Updating"/> until it is done.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardToMerge">The first open shard.</param>
    /// <param name="adjacentShardToMerge">The open shard beside it.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task MergeShardsAsync(StreamIdentifier stream, ShardId shardToMerge, ShardId adjacentShardToMerge, CancellationToken cancellationToken = default);

    /// <summary>Scales a stream uniformly: at most to double, at least to half of its open shards.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="targetShardCount">The wanted number of open shards.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task UpdateShardCountAsync(StreamIdentifier stream, int targetShardCount, CancellationToken cancellationToken = default);
}
