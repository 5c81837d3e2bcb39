using Kcl.Kinesis.Aggregation;

namespace Kcl.Kinesis;

/// <summary>Extension methods that put many small records as a few large ones.</summary>
public static class AggregationExtensions
{
    /// <summary>
    /// Puts any number of records, aggregated as the Kinesis Producer Library does: consumers that support the format receive single
    /// records, other consumers receive aggregates.
    /// </summary>
    /// <remarks>
    /// Records of one partition key keep their order if no record fails. If the stream is resharded in the meantime, records of aggregates
    /// that consumers would leave out are aggregated and put again. Records without a partition key are put without aggregation, because an
    /// aggregate cannot contain them. To a stream with the strategy <see cref="RecordDistributionStrategy.Auto"/>, every record is put
    /// without aggregation: the shard of an aggregate cannot be predicted there, and consumers of the Java KCL drop aggregates that are not
    /// in the shard of their keys. The strategy is read at most once a minute with DescribeStreamSummary; if that is not permitted,
    /// aggregates are built.
    /// </remarks>
    /// <param name="client">The client.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="records">The records.</param>
    /// <param name="options">The options of aggregation; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the operation; records may already have been stored.</param>
    /// <returns>One result per record, in the order given; the records of an aggregate share a sequence number.</returns>
    /// <exception cref="ConfigurationException">The options are not valid; the message lists every problem.</exception>
    /// <exception cref="KinesisException">A call failed as a whole. Records of earlier calls may have been stored.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static Task<IReadOnlyList<PutRecordsResultEntry>> PutAllAggregatedAsync(
        this IKinesisClient client,
        StreamIdentifier stream,
        IReadOnlyList<PutRecordEntry> records,
        AggregationOptions? options = null,
        CancellationToken cancellationToken = default) =>
        new AggregatingBatcher(client, stream, (options ?? new()).Freeze()).PutAsync(records, cancellationToken);
}
