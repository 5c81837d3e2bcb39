namespace Kcl.Retrieval.Polling;

/// <summary>Predicts the size of a shard's next response, and limits the number of records to request. Immutable.</summary>
/// <param name="ExpectedBytes">The expected size of the next response, in bytes.</param>
/// <param name="RecordBytes">The average size of a record of this shard, in bytes.</param>
internal readonly record struct ResponseSize(double ExpectedBytes, double RecordBytes)
{
    // Smaller responses would need more calls without saving much memory.
    private const long MinShare = 1L << 20;
    private const double Weight = 0.3;

    /// <summary>Gets the prediction for a shard that has not been read yet.</summary>
    public static ResponseSize Unknown => new(MinShare, 1024);

    /// <summary>Returns the prediction after a response.</summary>
    /// <param name="records">The number of records in the response.</param>
    /// <param name="bytes">The size of the response, in bytes.</param>
    public ResponseSize After(int records, int bytes) => new(
        Math.Min(RetrievalSettings.MaxResponseBytes, Blend(ExpectedBytes, bytes)),
        records > 0 ? Math.Max(1, Blend(RecordBytes, (double)bytes / records)) : RecordBytes);

    /// <summary>Returns the number of bytes to reserve for a response of at most <paramref name="limit"/> records.</summary>
    /// <param name="limit">The limit of the call.</param>
    public long GetReservation(int limit) =>
        (long)Math.Clamp(Math.Min(ExpectedBytes, limit * RecordBytes), 1, RetrievalSettings.MaxResponseBytes);

    /// <summary>Returns the number of records to request.</summary>
    /// <param name="fairShare">The shard's equal share of the worker's byte budget.</param>
    /// <param name="maxRecords">The configured limit.</param>
    public int GetLimit(long fairShare, int maxRecords) =>
        fairShare >= RetrievalSettings.MaxResponseBytes
            ? maxRecords
            : (int)Math.Clamp(Math.Max(fairShare, MinShare) / RecordBytes, 1, maxRecords);

    private static double Blend(double old, double latest) => old + (Weight * (latest - old));
}
