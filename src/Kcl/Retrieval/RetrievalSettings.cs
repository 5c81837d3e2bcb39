using Kcl.Kinesis;

namespace Kcl.Retrieval;

/// <summary>How the records of one stream are retrieved.</summary>
internal sealed record RetrievalSettings
{
    /// <summary>The most bytes that the service puts into one response.</summary>
    public const long MaxResponseBytes = 10L << 20;

    /// <summary>Gets the stream.</summary>
    public required StreamIdentifier Stream { get; init; }

    /// <summary>Gets the way records reach the worker.</summary>
    public required RetrievalMode Mode { get; init; }

    /// <summary>Gets the most records of one read.</summary>
    public required int MaxRecords { get; init; }

    /// <summary>Gets the longest pause between two reads of a shard that has nothing new.</summary>
    public required TimeSpan IdleTimeBetweenReads { get; init; }

    /// <summary>Gets a value indicating whether reads that returned no record are delivered too.</summary>
    public required bool DeliverEmptyBatches { get; init; }

    /// <summary>Gets the most batches that are read ahead of a processor.</summary>
    public required int MaxPrefetchedBatches { get; init; }

    /// <summary>Gets a value indicating whether the buffers of responses are reused when the processor's call has returned.</summary>
    public required bool ReuseBuffers { get; init; }

    /// <summary>Gets the name of the fan-out consumer, which is registered if it does not exist.</summary>
    public required string FanOutConsumerName { get; init; }

    /// <summary>Gets the ARN of the fan-out consumer, which is then never registered here; null to look it up by name.</summary>
    public required ConsumerArn? FanOutConsumerArn { get; init; }

    /// <summary>
    /// Gets how long a worker that lost its lease may take to notice: a subscription that it may still hold is not taken over before.
    /// </summary>
    public required TimeSpan LeaseLossDelay { get; init; }
}
