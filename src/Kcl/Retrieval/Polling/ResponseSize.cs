namespace Kcl.Retrieval.Polling;

/// <summary>What a shard's next answer is expected to weigh, and how many records to ask for so that it does not weigh too much. Pure.</summary>
/// <param name="ExpectedBytes">The expected size of the next answer.</param>
/// <param name="RecordBytes">What a record of this shard takes, on average.</param>
internal readonly record struct ResponseSize(double ExpectedBytes, double RecordBytes)
{
    /// <summary>The most the service puts into one answer.</summary>
    public const long MostBytes = 10L << 20;

    // Below this an answer costs more in calls than it saves in memory.
    private const long LeastShare = 1L << 20;
    private const double Weight = 0.3;

    /// <summary>Of a shard not read yet.</summary>
    public static ResponseSize Unknown => new(LeastShare, 1024);

    /// <summary>After an answer.</summary>
    /// <param name="records">How many records it brought.</param>
    /// <param name="bytes">What it weighed.</param>
    public ResponseSize After(int records, int bytes) => new(
        Math.Min(MostBytes, Blend(ExpectedBytes, bytes)),
        records > 0 ? Math.Max(1, Blend(RecordBytes, (double)bytes / records)) : RecordBytes);

    /// <summary>The bytes to reserve for an answer of at most <paramref name="limit"/> records.</summary>
    /// <param name="limit">The limit of the call.</param>
    public long Reservation(int limit) => (long)Math.Clamp(Math.Min(ExpectedBytes, limit * RecordBytes), 1, MostBytes);

    /// <summary>How many records to ask for.</summary>
    /// <param name="fairShare">The shard's part of the worker's budget.</param>
    /// <param name="maxRecords">The configured limit.</param>
    public int Limit(long fairShare, int maxRecords) =>
        fairShare >= MostBytes ? maxRecords : (int)Math.Clamp(Math.Max(fairShare, LeastShare) / RecordBytes, 1, maxRecords);

    private static double Blend(double old, double latest) => old + (Weight * (latest - old));
}
