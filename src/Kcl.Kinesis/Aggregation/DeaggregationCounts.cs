namespace Kcl.Kinesis;

/// <summary>The number of records and aggregates that a <see cref="Deaggregator"/> processed.</summary>
/// <param name="Aggregates">The number of aggregates that were expanded.</param>
/// <param name="UserRecords">The number of records in them.</param>
/// <param name="Malformed">
/// The number of aggregates that have a valid checksum but cannot be expanded; they were delivered as they are.
/// </param>
/// <param name="Misplaced">
/// The number of aggregates left out because they have a record of another shard; their producer puts them again.
/// </param>
/// <param name="UnusableHashKeys">
/// The number of aggregates with an explicit hash key that is not valid; the hash of the partition key was used instead.
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
    /// <param name="left">The first.</param>
    /// <param name="right">The second.</param>
    /// <returns>The sum.</returns>
    public static DeaggregationCounts Add(DeaggregationCounts left, DeaggregationCounts right) => left + right;
}
