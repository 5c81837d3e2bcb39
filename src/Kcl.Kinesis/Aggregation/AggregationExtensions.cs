using Kcl.Kinesis.Aggregation;

namespace Kcl.Kinesis;

/// <summary>Puts many small records as few large ones.</summary>
public static class AggregationExtensions
{
    /// <summary>
    /// Puts any number of records, aggregated as the Kinesis Producer Library does: consumers that know the format receive them one by one,
    /// others receive aggregates.
    /// </summary>
    /// <remarks>
    /// Records of one partition key keep their order if no record fails. If the stream is resharded meanwhile, aggregates that consumers
    /// would leave out are built and put again. Records without a partition key are put one by one, because an aggregate cannot have them.
    /// A stream with the strategy <see cref="RecordDistributionStrategy.Auto"/> gets every record one by one: the shard of an aggregate
    /// cannot be predicted there, and consumers of the Java KCL drop aggregates that are not in the shard of their keys. The strategy is
    /// read at most once a minute with DescribeStreamSummary; if that is not permitted, aggregates are built.
    /// </remarks>
    /// <param name="client">The client.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="records">The records.</param>
    /// <param name="options">How to aggregate; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call; records may have been stored nevertheless.</param>
    /// <returns>One result per record, in the order given; the records of an aggregate share a sequence number.</returns>
    /// <exception cref="ConfigurationException">The options are not valid; the message lists every problem.</exception>
    /// <exception cref="KinesisException">A call failed as a whole. Records before it may have been stored.</exception>
    public static Task<IReadOnlyList<PutRecordsResultEntry>> PutAllAggregatedAsync(
        this IKinesisClient client,
        StreamIdentifier stream,
        IReadOnlyList<PutRecordEntry> records,
        AggregationOptions? options = null,
        CancellationToken cancellationToken = default) =>
        new AggregatingBatcher(client, stream, (options ?? new()).Freeze()).PutAsync(records, cancellationToken);
}
