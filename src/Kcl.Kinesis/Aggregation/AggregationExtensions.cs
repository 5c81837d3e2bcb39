using Kcl.Kinesis.Transport;

namespace Kcl.Kinesis.Aggregation;

/// <summary>Putting many small records as few large ones.</summary>
public static class AggregationExtensions
{
    /// <summary>Puts any number of records, aggregated as the Kinesis Producer Library does: consumers that know the format get them one by one, others get aggregates.</summary>
    /// <remarks>
    /// Records of one partition key keep their order as far as nothing fails. Where the stream is resharded meanwhile, aggregates that
    /// consumers would leave out are made and put again.
    /// Records without a partition key are put one by one: an aggregate has no place for them. A stream with the strategy
    /// <see cref="RecordDistributionStrategy.Auto"/> gets every record
    /// one by one: there the shard of an aggregate cannot be foreseen, and the consumers of the Java KCL drop aggregates that are not in
    /// the shard of their keys. The strategy is read at most
    /// once a minute with DescribeStreamSummary; where that is not permitted, aggregates are made.
    /// </remarks>
    /// <param name="client">The client.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="records">The records.</param>
    /// <param name="options">How to aggregate; null for the defaults.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <param name="random">Draws the pauses; null for one of its own. It must not be in use elsewhere at the same time.</param>
    /// <param name="cancellationToken">Abandons the call; records may have been stored all the same.</param>
    /// <returns>One result per record, in the order given; the records of an aggregate share a sequence number.</returns>
    /// <exception cref="KinesisException">A call failed as a whole. Records before it may have been stored.</exception>
    public static Task<IReadOnlyList<PutRecordsResultEntry>> PutAllAggregatedAsync(
        this IKinesisClient client,
        StreamIdentifier stream,
        IReadOnlyList<PutRecordEntry> records,
        AggregationOptions? options = null,
        TimeProvider? timeProvider = null,
        Random? random = null,
        CancellationToken cancellationToken = default)
    {
#pragma warning disable RS0030 // The composition root of whoever passes no random source of their own.
        return PutAsync(client, stream, records, options ?? new(), timeProvider ?? TimeProvider.System, random ?? Random.Shared, cancellationToken);
#pragma warning restore RS0030
    }

    private static async Task<IReadOnlyList<PutRecordsResultEntry>> PutAsync(
        IKinesisClient client, StreamIdentifier stream, IReadOnlyList<PutRecordEntry> records, AggregationOptions options, TimeProvider time, Random random, CancellationToken cancellationToken)
    {
        var results = new PutRecordsResultEntry[records.Count];
        var pending = Enumerable.Range(0, records.Count).ToList();
        IReadOnlyList<Shard> shards = [];
        var strategy = await KnownStrategies.GetAsync(client, stream, time, cancellationToken).ConfigureAwait(false);
        var foreseeable = strategy == RecordDistributionStrategy.UserPartitionKey;
        if (foreseeable)
        {
            shards = await client.ListAllShardsAsync(stream, null, cancellationToken).ConfigureAwait(false);
        }

        for (var round = 0; pending.Count > 0; round++)
        {
            var puts = AggregatePlan.Make(records, pending, foreseeable ? new(shards) : null, options);
            var outcome = await PutRecordsBatcher.PutAsync(client, stream, [.. puts.Select(put => put.Entry)], options.Put, time, random, cancellationToken).ConfigureAwait(false);
            var elsewhere = puts.Zip(outcome)
                .Where(pair => pair.First.Members.Count > 1 && pair.Second.ShardId is { } landed && pair.First.Foreseen != landed)
                .Select(pair => pair.First)
                .ToList();
            if (elsewhere.Count > 0)
            {
                shards = await client.ListAllShardsAsync(stream, null, cancellationToken).ConfigureAwait(false);
                if (elsewhere.Exists(put => shards.Any(shard => shard.ShardId == put.Foreseen && shard.IsOpen)))
                {
                    // Not resharded: the service chooses the shards now.
                    foreseeable = false;
                    KnownStrategies.Learn(client, stream, RecordDistributionStrategy.Auto, time);
                }
            }

            var ranges = shards.ToDictionary(shard => shard.ShardId, shard => shard.HashKeyRange);
            var misplaced = new List<int>();
            foreach (var (put, result) in puts.Zip(outcome))
            {
                var again = result.ShardId is { } landed && !AggregatePlan.IsTaken(put, landed, records, ranges);
                if (again)
                {
                    misplaced.AddRange(put.Members);
                }

                foreach (var index in put.Members)
                {
                    results[index] = again ? new(null, null, "WrongShard", "The stream was resharded while the aggregate was under way.") : result;
                }
            }

            misplaced.Sort();
            pending = round < options.MaxReshardings ? misplaced : [];
        }

        return results;
    }
}
