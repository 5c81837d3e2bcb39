using Kcl.Kinesis;

namespace Kcl.Retrieval;

/// <summary>One response of the service, whichever way it came.</summary>
internal readonly record struct ReadResult
{
    /// <summary>Gets the records, in shard order.</summary>
    public required IReadOnlyList<KinesisRecord> Records { get; init; }

    /// <summary>Gets how far the response is behind the tip; null if the service does not say.</summary>
    public required long? MillisBehindLatest { get; init; }

    /// <summary>Gets the child shards that it names.</summary>
    public required IReadOnlyList<ChildShard> ChildShards { get; init; }

    /// <summary>Gets the size of the buffer that the records keep alive.</summary>
    public required int ByteCount { get; init; }

    /// <summary>Gets the owner of the buffer that the records are slices of.</summary>
    public required IDisposable Buffer { get; init; }

    /// <summary>
    /// Gets a value indicating whether the response names a place to continue from. If it does not, it claims to be the last one.
    /// </summary>
    public required bool HasMore { get; init; }

    /// <summary>Gets the number after which reading continues, if the response names one; it may lie beyond the last record.</summary>
    public SequenceNumber? ContinueAfter { get; init; }
}
