namespace Kcl.Kinesis.Aggregation;

/// <summary>One record to put, and the user records that are in it.</summary>
internal sealed record PlannedPut(PutRecordEntry Entry, ShardId? Foreseen, IReadOnlyList<int> Members);

/// <summary>Decides what goes into which aggregate.</summary>
internal static class AggregatePlan
{
    /// <summary>Groups records by the shard that takes them, in order, and each group into aggregates.</summary>
    /// <param name="records">All records.</param>
    /// <param name="pending">Which of them.</param>
    /// <param name="map">
    /// The open shards; a record that none of them takes, or that has no partition key, goes by itself. Null where the shard of a record
    /// cannot be foreseen: then each does.
    /// </param>
    /// <param name="options">How large aggregates may be.</param>
    public static List<PlannedPut> Make(
        IReadOnlyList<PutRecordEntry> records, IEnumerable<int> pending, ShardMap? map, AggregationOptions options)
    {
        var puts = new List<PlannedPut>();
        var open = new Dictionary<ShardId, (RecordAggregator Aggregator, List<int> Members)>();
        foreach (var index in pending)
        {
            if (map is null
                || records[index].PartitionKey is null
                || map.Find(RecordAggregator.HashKeyOf(records[index]))?.ShardId is not { } shard)
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

    /// <summary>Whether consumers of the shard where a put landed will take it, knowing that they leave an aggregate out that holds any record of another shard.</summary>
    /// <param name="put">The put.</param>
    /// <param name="landed">Where it landed.</param>
    /// <param name="records">All records.</param>
    /// <param name="ranges">The ranges of all shards that are known.</param>
    public static bool IsTaken(PlannedPut put, ShardId landed, IReadOnlyList<PutRecordEntry> records, IReadOnlyDictionary<ShardId, HashKeyRange> ranges) =>
        put.Members.Count == 1
        || put.Foreseen == landed
        || (ranges.TryGetValue(landed, out var range) && put.Members.All(index => range.Contains(RecordAggregator.HashKeyOf(records[index]))));
}
