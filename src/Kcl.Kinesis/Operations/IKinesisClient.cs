namespace Kcl.Kinesis;

/// <summary>The operations of Kinesis Data Streams that a consumer, a putter and their tools need.</summary>
/// <remarks>
/// Every method throws a <see cref="KinesisException"/> if the call fails, after the retries that can help, and never a
/// <see cref="ThrottlingException"/>: throttling has the code <see cref="KinesisErrorCode.Throttled"/>.
/// </remarks>
public interface IKinesisClient
{
    /// <summary>Gets the operations of enhanced fan-out; null if this client has none, so that consumers retrieve by polling.</summary>
    /// <remarks>
    /// The property has no default implementation so that a decorator cannot lose fan-out by accident: it must return the operations of
    /// the client that it wraps, decorated if it decorates them too.
    /// </remarks>
    IFanOutClient? FanOut { get; }

    /// <summary>
    /// Gets an estimate of the service's time. It is never later than the service's clock, so that reading from it misses no record.
    /// </summary>
    /// <value>Null before the first response, and for a server that sends no <c>Date</c> header.</value>
    DateTimeOffset? ServiceTime => null;

    /// <summary>Creates a provisioned stream. It is usable once its status is <see cref="StreamStatus.Active"/>.</summary>
    /// <param name="streamName">The new stream's name.</param>
    /// <param name="shardCount">The number of its shards; at least 1.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task CreateStreamAsync(StreamName streamName, int shardCount, CancellationToken cancellationToken = default);

    /// <summary>Deletes a stream and its records.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="enforceConsumerDeletion">
    /// Whether registered fan-out consumers are deleted with it. Otherwise they prevent the deletion.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task DeleteStreamAsync(
        StreamIdentifier stream, bool enforceConsumerDeletion = false, CancellationToken cancellationToken = default);

    /// <summary>Describes a stream without its shards.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<StreamDescriptionSummary> DescribeStreamSummaryAsync(StreamIdentifier stream, CancellationToken cancellationToken = default);

    /// <summary>Lists stream names, one page.</summary>
    /// <param name="request">The page.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<ListStreamsPage> ListStreamsAsync(ListStreamsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists shards, one page. A page's token is valid for 300 seconds.</summary>
    /// <param name="request">The shards, or the page.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<ListShardsPage> ListShardsAsync(ListShardsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gets an iterator, valid for 5 minutes.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardId">The shard.</param>
    /// <param name="position">Where reading starts.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The iterator, an opaque token for <see cref="GetRecordsAsync"/>.</returns>
    Task<string> GetShardIteratorAsync(
        StreamIdentifier stream, ShardId shardId, StartingPosition position, CancellationToken cancellationToken = default);

    /// <summary>Reads records of one shard.</summary>
    /// <param name="request">The iterator and the limit.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The records as slices of one buffer. Disposing the result returns a pooled buffer.</returns>
    Task<GetRecordsResult> GetRecordsAsync(GetRecordsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Puts one record.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Cancels the call; the record may have been stored nevertheless.</param>
    Task<PutRecordResult> PutRecordAsync(StreamIdentifier stream, PutRecordEntry record, CancellationToken cancellationToken = default);

    /// <summary>
    /// Puts 1 to 500 records in one call, without retrying records that failed; <see cref="KinesisClientExtensions.PutAllRecordsAsync"/>
    /// does.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="records">The records.</param>
    /// <param name="cancellationToken">Cancels the call; records may have been stored nevertheless.</param>
    /// <returns>One result per record, in the order given.</returns>
    Task<IReadOnlyList<PutRecordsResultEntry>> PutRecordsAsync(
        StreamIdentifier stream, IReadOnlyList<PutRecordEntry> records, CancellationToken cancellationToken = default);

    /// <summary>Splits a shard in two. The stream is <see cref="StreamStatus.Updating"/> until the change is complete.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardToSplit">The open shard to split.</param>
    /// <param name="newStartingHashKey">The first hash key of the second child.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task SplitShardAsync(
        StreamIdentifier stream, ShardId shardToSplit, UInt128 newStartingHashKey, CancellationToken cancellationToken = default);

    /// <summary>Merges two adjacent shards. The stream is <see cref="StreamStatus.Updating"/> until the change is complete.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardToMerge">The first open shard.</param>
    /// <param name="adjacentShardToMerge">The open shard beside it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task MergeShardsAsync(
        StreamIdentifier stream, ShardId shardToMerge, ShardId adjacentShardToMerge, CancellationToken cancellationToken = default);

    /// <summary>Scales a stream uniformly, to between half and double its open shards.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="targetShardCount">The new number of open shards.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task UpdateShardCountAsync(StreamIdentifier stream, int targetShardCount, CancellationToken cancellationToken = default);
}
