using Kcl.Kinesis.Operations.Writing;

namespace Kcl.Kinesis.Aggregation;

/// <summary>Puts any number of records in aggregates. Records of an aggregate that consumers would leave out are put again.</summary>
/// <param name="client">The client.</param>
/// <param name="stream">The stream.</param>
/// <param name="options">The options of aggregation.</param>
internal sealed class AggregatingBatcher(IKinesisClient client, StreamIdentifier stream, AggregationOptions options)
{
    private readonly TimeProvider _time = options.Put.TimeProvider;
    private readonly PutRecordsBatcher _batcher = new(client, stream, options.Put);

    /// <summary>Puts records.</summary>
    /// <returns>One result per record, in the order given.</returns>
    public async Task<IReadOnlyList<PutRecordsResultEntry>> PutAsync(
        IReadOnlyList<PutRecordEntry> records, CancellationToken cancellationToken)
    {
        var results = new PutRecordsResultEntry[records.Count];
        var pending = Enumerable.Range(0, records.Count).ToList();
        IReadOnlyList<Shard> shards = [];
        var strategy = await KnownStrategies.GetAsync(client, stream, _time, cancellationToken).ConfigureAwait(false);
        var predictable = strategy == RecordDistributionStrategy.UserPartitionKey;
        if (predictable)
        {
            shards = await client.ListAllShardsAsync(stream, null, cancellationToken).ConfigureAwait(false);
        }

        for (var round = 0; pending.Count > 0; round++)
        {
            var puts = AggregatePlan.Create(records, pending, predictable ? new(shards) : null, options);
            var outcome = await _batcher.PutAsync([.. puts.Select(put => put.Entry)], cancellationToken).ConfigureAwait(false);
            var elsewhere = puts.Zip(outcome)
                .Where(pair => pair.First.Members.Count > 1 && pair.Second.ShardId is { } landed && pair.First.PredictedShard != landed)
                .Select(pair => pair.First)
                .ToList();
            if (elsewhere.Count > 0)
            {
                shards = await client.ListAllShardsAsync(stream, null, cancellationToken).ConfigureAwait(false);
                if (elsewhere.Exists(put => shards.Any(shard => shard.ShardId == put.PredictedShard && shard.IsOpen)))
                {
                    // The stream was not resharded, so the service now chooses the shards.
                    predictable = false;
                    KnownStrategies.Set(client, stream, RecordDistributionStrategy.Auto, _time);
                }
            }

            var misplaced = CollectResults(records, puts, outcome, shards, results);
            pending = round < options.MaxReshardings ? misplaced : [];
        }

        return results;
    }

    private static List<int> CollectResults(
        IReadOnlyList<PutRecordEntry> records,
        List<PlannedPut> puts,
        IReadOnlyList<PutRecordsResultEntry> outcome,
        IReadOnlyList<Shard> shards,
        PutRecordsResultEntry[] results)
    {
        var ranges = shards.ToDictionary(shard => shard.ShardId, shard => shard.HashKeyRange);
        var misplaced = new List<int>();
        foreach (var (put, result) in puts.Zip(outcome))
        {
            var again = result.ShardId is { } landed && !AggregatePlan.IsDelivered(put, landed, records, ranges);
            if (again)
            {
                misplaced.AddRange(put.Members);
            }

            foreach (var index in put.Members)
            {
                results[index] = again ? WrongShard : result;
            }
        }

        misplaced.Sort();
        return misplaced;
    }

    private static PutRecordsResultEntry WrongShard { get; } = new()
    {
        ErrorCode = "WrongShard",
        ErrorMessage = "The stream was resharded while the aggregate was being put.",
    };
}
