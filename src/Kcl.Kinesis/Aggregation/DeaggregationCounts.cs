namespace Kcl.Kinesis.Aggregation;

/// <summary>What taking aggregates apart came to.</summary>
/// <param name="Aggregates">Aggregates taken apart.</param>
/// <param name="UserRecords">The records they held.</param>
/// <param name="Malformed">Records that are aggregates by their checksum and yet can't be taken apart; they were delivered as they are.</param>
/// <param name="Misplaced">Aggregates left out, because they hold a record of another shard: their producer puts them again.</param>
/// <param name="UnusableHashKeys">
/// Aggregates with an explicit hash key that is none, where the hash of the partition key was used instead.
/// </param>
public readonly record struct DeaggregationCounts(int Aggregates, int UserRecords, int Malformed, int Misplaced, int UnusableHashKeys = 0)
{
    /// <summary>Adds two counts.</summary>
    public static DeaggregationCounts operator +(DeaggregationCounts left, DeaggregationCounts right) => new(
        left.Aggregates + right.Aggregates,
        left.UserRecords + right.UserRecords,
        left.Malformed + right.Malformed,
        left.Misplaced + right.Misplaced,
        left.UnusableHashKeys + right.UnusableHashKeys);

    /// <summary>Adds two counts.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Their sum.</returns>
    public static DeaggregationCounts Add(DeaggregationCounts left, DeaggregationCounts right) => left + right;
}
