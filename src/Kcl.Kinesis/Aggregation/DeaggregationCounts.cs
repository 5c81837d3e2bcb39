namespace Kcl.Kinesis;

/// <summary>The number of records and aggregates that a <see cref="Deaggregator"/> processed.</summary>
public readonly record struct DeaggregationCounts
{
    /// <summary>Gets the number of aggregates that were expanded.</summary>
    public int Aggregates { get; init; }

    /// <summary>Gets the number of records in these aggregates.</summary>
    public int UserRecords { get; init; }

    /// <summary>
    /// Gets the number of aggregates that have a valid checksum but cannot be expanded; they were delivered without expansion.
    /// </summary>
    public int Malformed { get; init; }

    /// <summary>
    /// Gets the number of aggregates that were left out because they contain a record of another shard. The Kinesis Producer Library puts
    /// their records again.
    /// </summary>
    public int Misplaced { get; init; }

    /// <summary>
    /// Gets the number of aggregates with an explicit hash key that is not valid; the hash of the partition key was used instead.
    /// </summary>
    public int UnusableHashKeys { get; init; }

    /// <summary>Adds two counts.</summary>
    public static DeaggregationCounts operator +(DeaggregationCounts left, DeaggregationCounts right) => new()
    {
        Aggregates = left.Aggregates + right.Aggregates,
        UserRecords = left.UserRecords + right.UserRecords,
        Malformed = left.Malformed + right.Malformed,
        Misplaced = left.Misplaced + right.Misplaced,
        UnusableHashKeys = left.UnusableHashKeys + right.UnusableHashKeys,
    };

    /// <summary>Adds two counts.</summary>
    /// <param name="left">The first.</param>
    /// <param name="right">The second.</param>
    /// <returns>The sum.</returns>
    public static DeaggregationCounts Add(DeaggregationCounts left, DeaggregationCounts right) => left + right;
}
