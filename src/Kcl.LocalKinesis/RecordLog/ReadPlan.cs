namespace Kcl.LocalKinesis.RecordLog;

/// <summary>The result of a read: the bytes of the records in memory, and the position after them.</summary>
/// <param name="Runs">The records.</param>
/// <param name="Count">The number of records.</param>
/// <param name="PayloadBytes">The size of their keys and payloads, in bytes, to which limits apply.</param>
/// <param name="EncodedBytes">Their size in memory, in bytes.</param>
/// <param name="NextPosition">The index of the record after them.</param>
/// <param name="NextArrivedAt">
/// The time at which the record after them arrived, in milliseconds since the Unix epoch; null at the tip of the shard.
/// </param>
internal sealed record ReadPlan(
    IReadOnlyList<RecordRun> Runs,
    int Count,
    long PayloadBytes,
    long EncodedBytes,
    long NextPosition,
    long? NextArrivedAt)
{
    /// <summary>
    /// Returns how far the reader is behind the tip, in milliseconds: 0 at the tip, otherwise the age of the first record that was not
    /// returned yet, at least 1.
    /// </summary>
    /// <param name="now">The current time, in milliseconds since the Unix epoch.</param>
    public long GetMillisBehindLatest(long now) => NextArrivedAt is { } arrived ? Math.Max(1, now - arrived) : 0;
}
