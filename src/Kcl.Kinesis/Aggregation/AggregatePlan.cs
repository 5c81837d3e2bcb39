namespace Kcl.Kinesis.Aggregation;

/// <summary>Decides which records form an aggregate.</summary>
internal static class AggregatePlan
{
    /// <summary>Groups records by the shard that stores them, in order, and divides each group into aggregates.</summary>
    /// <param name="records">All records.</param>
    /// <param name="pending">The indexes of the records to group.</param>
    /// <param name="map">
    /// The open shards. A record whose shard is not among them, or that has no partition key, is put without aggregation. Null if the shard
    /// of a record cannot be predicted: then every record is put without aggregation.
    /// </param>
    /// <param name="options">The maximum size of an aggregate.</param>
    public static List<PlannedPut> Create(
        IReadOnlyList<PutRecordEntry> records, IEnumerable<int> pending, ShardMap? map, AggregationOptions options)
    {
        var puts = new List<PlannedPut>();
        var open = new Dictionary<ShardId, (RecordAggregator Aggregator, List<int> Members)>();
        foreach (var index in pending)
        {
            if (map is null
                || records[index].PartitionKey is null
                || map.Find(RecordAggregator.GetHashKey(records[index]))?.ShardId is not { } shard)
            {
                puts.Add(new(records[index], null, [index]));
                continue;
            }

            if (!open.TryGetValue(shard, out var group))
            {
                open[shard] = group = (new(options.MaxBytes, options.MaxCount), []);
            }

            if (!group.Aggregator.TryAdd(records[index]))
            {
                puts.Add(new(group.Aggregator.Build(), shard, group.Members));
                open[shard] = group = (group.Aggregator, []);
                _ = group.Aggregator.TryAdd(records[index]);
            }

            group.Members.Add(index);
        }

        puts.AddRange(open.Select(group => new PlannedPut(group.Value.Aggregator.Build(), group.Key, group.Value.Members)));
        return puts;
    }

    /// <summary>Returns whether consumers deliver a put: they leave out an aggregate that contains a record of another shard.</summary>
    /// <param name="put">The put.</param>
    /// <param name="landed">The shard that stored it.</param>
    /// <param name="records">All records.</param>
    /// <param name="ranges">The ranges of all known shards.</param>
    public static bool IsDelivered(
        PlannedPut put, ShardId landed, IReadOnlyList<PutRecordEntry> records, IReadOnlyDictionary<ShardId, HashKeyRange> ranges) =>
        put.Members.Count == 1
        || put.PredictedShard == landed
        || (ranges.TryGetValue(landed, out var range)
            && put.Members.All(index => range.Contains(RecordAggregator.GetHashKey(records[index]))));
}
