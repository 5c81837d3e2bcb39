using Kcl.Kinesis;

namespace Kcl.Retrieval;

/// <summary>The settings with which the records of one stream are retrieved.</summary>
internal sealed record RetrievalSettings
{
    /// <summary>The maximum size of a response of the service, in bytes (<c>GetRecords</c>).</summary>
    public const long MaxResponseBytes = 10L << 20;

    /// <summary>Gets the stream.</summary>
    public required StreamIdentifier Stream { get; init; }

    /// <summary>Gets the method by which the worker retrieves records.</summary>
    public required RetrievalMode Mode { get; init; }

    /// <summary>Gets a value indicating whether fan-out is tried.</summary>
    public bool UsesFanOut => Mode is RetrievalMode.FanOut or RetrievalMode.FanOutOrPolling;

    /// <summary>Gets the maximum number of records of one read.</summary>
    public required int MaxRecords { get; init; }

    /// <summary>Gets the maximum pause between two reads of a shard that has no new records.</summary>
    public required TimeSpan IdleTimeBetweenReads { get; init; }

    /// <summary>Gets a value indicating whether reads that returned no records are delivered too.</summary>
    public required bool DeliverEmptyBatches { get; init; }

    /// <summary>Gets the maximum number of batches that are read ahead of a processor.</summary>
    public required int MaxPrefetchedBatches { get; init; }

    /// <summary>Gets a value indicating whether the buffers of responses are reused when the processor's call has returned.</summary>
    public required bool ReuseBuffers { get; init; }

    /// <summary>Gets the name of the fan-out consumer, which is registered if it does not exist.</summary>
    public required string FanOutConsumerName { get; init; }

    /// <summary>Gets the ARN of the fan-out consumer, which is then never registered by the worker; null to look it up by name.</summary>
    public required ConsumerArn? FanOutConsumerArn { get; init; }

    /// <summary>
    /// Gets how long a worker that lost its lease may take to notice this. A subscription that it may still hold is not taken over before.
    /// </summary>
    public required TimeSpan LeaseLossDelay { get; init; }
}
