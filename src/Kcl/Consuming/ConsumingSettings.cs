using Kcl.Kinesis;

namespace Kcl.Consuming;

/// <summary>The settings with which the shards of one stream are consumed.</summary>
internal sealed record ConsumingSettings
{
    /// <summary>Gets the stream.</summary>
    public required StreamIdentifier Stream { get; init; }

    /// <summary>Gets the configured instant of <c>AT_TIMESTAMP</c>; null if the stream starts at another position.</summary>
    public DateTimeOffset? StartTimestamp { get; init; }

    /// <summary>Gets the maximum pause between two reads of a shard that has no new records.</summary>
    public required TimeSpan IdleTimeBetweenReads { get; init; }

    /// <summary>Gets a value indicating whether the processor is called for reads that returned no records.</summary>
    public bool DeliverEmptyBatches { get; init; }

    /// <summary>Gets the pause after a failed call of a processor. It doubles with each consecutive failure.</summary>
    public required TimeSpan RetryDelay { get; init; }

    /// <summary>Gets the maximum pause after consecutive failures.</summary>
    public required TimeSpan MaxRetryDelay { get; init; }

    /// <summary>Gets the number of consecutive failures without progress after which the shard is released.</summary>
    public required int MaxFailuresBeforeRelease { get; init; }

    /// <summary>Gets the duration of a processor's call after which a warning is logged; null for no warning.</summary>
    public TimeSpan? SlowProcessorWarningAfter { get; init; }
}
