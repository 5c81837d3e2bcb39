namespace Kcl.LocalKinesis.Records;

/// <summary>A run of whole records in one buffer.</summary>
internal readonly record struct RecordRun(ReadOnlyMemory<byte> Bytes, int Count);

/// <summary>What one read of a shard returns: records as they lie in memory, and where it stands afterwards.</summary>
/// <param name="Runs">The records.</param>
/// <param name="Count">How many.</param>
/// <param name="PayloadBytes">Their keys and payloads, in bytes: what the limits count.</param>
/// <param name="EncodedBytes">Their length as they lie in memory.</param>
/// <param name="NextPosition">The index of the record after them.</param>
/// <param name="NextArrivedAt">When the record after them arrived; null at the tip of the shard.</param>
internal sealed record ReadPlan(IReadOnlyList<RecordRun> Runs, int Count, long PayloadBytes, long EncodedBytes, long NextPosition, long? NextArrivedAt)
{
    /// <summary>How far the reader is behind: 0 at the tip, else the age of the first record it hasn't got, at least 1.</summary>
    public long MillisBehindLatest(long now) => NextArrivedAt is { } arrived ? Math.Max(1, now - arrived) : 0;
}
