namespace Kcl.Kinesis;

/// <summary>The operations of Kinesis Data Streams that consumers, producers and their tools need.</summary>
/// <remarks>
/// Every method throws a <see cref="KinesisException"/> if the call fails after the retries that can help. It never throws a
/// <see cref="ThrottlingException"/>: throttling has the code <see cref="KinesisErrorCode.Throttled"/>.
/// </remarks>
public interface IKinesisClient
{
    /// <summary>Gets the operations of enhanced fan-out; null if this client has none. Consumers then poll.</summary>
    /// <remarks>
    /// The property has no default implementation, so that a decorator cannot hide fan-out by mistake: a decorator must return the
    /// operations of its inner client, decorated if necessary.
    /// </remarks>
    IFanOutClient? FanOut { get; }

    /// <summary>
    /// Gets an estimate of the service's time. It is never later than the service's clock, so that no later record is missed if reading
    /// starts at it.
    /// </summary>
    /// <value>
    /// Null before the first response, for a server that sends no <c>Date</c> header, and for a client that does not estimate the time; the
    /// consumer then uses the local clock.
    /// </value>
    /// <remarks>
    /// The property has no default implementation, so that a decorator cannot hide the time by mistake: a decorator must return the time
    /// of its inner client.
    /// </remarks>
    DateTimeOffset? ServiceTime { get; }

    /// <summary>Creates a provisioned stream. It is usable once its status is <see cref="StreamStatus.Active"/>.</summary>
    /// <param name="streamName">The new stream's name.</param>
    /// <param name="shardCount">The number of shards; at least 1.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task CreateStreamAsync(StreamName streamName, int shardCount, CancellationToken cancellationToken = default);

    /// <summary>Deletes a stream and its records.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="enforceConsumerDeletion">
    /// True to delete its registered fan-out consumers too; if false, such consumers prevent the deletion. The default is false.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task DeleteStreamAsync(
        StreamIdentifier stream, bool enforceConsumerDeletion = false, CancellationToken cancellationToken = default);

    /// <summary>Describes a stream without its shards.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<StreamDescriptionSummary> DescribeStreamSummaryAsync(StreamIdentifier stream, CancellationToken cancellationToken = default);

    /// <summary>Lists one page of stream names.</summary>
    /// <param name="request">The page to list.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<ListStreamsPage> ListStreamsAsync(ListStreamsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists one page of shards. The token of a page is valid for 300 seconds.</summary>
    /// <param name="request">The shards and the page to list.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<ListShardsPage> ListShardsAsync(ListShardsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gets an iterator, valid for 5 minutes.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardId">The shard.</param>
    /// <param name="position">The position at which reading starts.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The iterator, an opaque token for <see cref="GetRecordsAsync"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<string> GetShardIteratorAsync(
        StreamIdentifier stream, ShardId shardId, StartingPosition position, CancellationToken cancellationToken = default);

    /// <summary>Reads records of one shard.</summary>
    /// <param name="request">The iterator and the limit.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The records as slices of one buffer. Disposing the result returns a pooled buffer.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<GetRecordsResult> GetRecordsAsync(GetRecordsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Puts one record.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Cancels the call; the record may already have been stored.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<PutRecordResult> PutRecordAsync(StreamIdentifier stream, PutRecordEntry record, CancellationToken cancellationToken = default);

    /// <summary>
    /// Puts 1 to 500 records in one call. Records that failed are not retried; <see cref="KinesisClientExtensions.PutAllRecordsAsync"/>
    /// retries them.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="records">The records.</param>
    /// <param name="cancellationToken">Cancels the call; records may already have been stored.</param>
    /// <returns>One result per record, in the order given.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<IReadOnlyList<PutRecordsResultEntry>> PutRecordsAsync(
        StreamIdentifier stream, IReadOnlyList<PutRecordEntry> records, CancellationToken cancellationToken = default);

    /// <summary>Splits a shard into two. The stream is <see cref="StreamStatus.Updating"/> until the change is complete.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardToSplit">The open shard to split.</param>
    /// <param name="newStartingHashKey">The first hash key of the second child.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task SplitShardAsync(
        StreamIdentifier stream, ShardId shardToSplit, UInt128 newStartingHashKey, CancellationToken cancellationToken = default);

    /// <summary>Merges two adjacent shards. The stream is <see cref="StreamStatus.Updating"/> until the change is complete.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardToMerge">The first open shard.</param>
    /// <param name="adjacentShardToMerge">The adjacent open shard.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task MergeShardsAsync(
        StreamIdentifier stream, ShardId shardToMerge, ShardId adjacentShardToMerge, CancellationToken cancellationToken = default);

    /// <summary>Scales a stream uniformly, to between half and double its number of open shards.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="targetShardCount">The new number of open shards.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task UpdateShardCountAsync(StreamIdentifier stream, int targetShardCount, CancellationToken cancellationToken = default);
}
