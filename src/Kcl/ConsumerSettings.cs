using Kcl.Consuming;
using Kcl.Coordination;
using Kcl.Streams;

namespace Kcl;

/// <summary>Maps the options of a consumer to the settings of the rooms. No room knows the options.</summary>
internal static class ConsumerSettings
{
    /// <summary>Returns the settings with which shards are consumed.</summary>
    /// <param name="options">The frozen options of the consumer.</param>
    public static ConsumingSettings Consuming(KinesisConsumerOptions options) => new()
    {
        Stream = options.Stream.Identifier,
        StartTimestamp = options.Stream.InitialPosition.Timestamp,
        IdleTimeBetweenReads = options.IdleTimeBetweenReads,
        DeliverEmptyBatches = options.DeliverEmptyBatches,
        RetryDelay = options.ProcessorRetryDelay,
        MaxRetryDelay = options.MaxProcessorRetryDelay,
        MaxFailuresBeforeRelease = options.MaxFailuresBeforeRelease,
        SlowProcessorWarningAfter = options.SlowProcessorWarningAfter,
    };

    /// <summary>Returns the settings with which the shards of the stream are coordinated.</summary>
    /// <param name="options">The frozen options of the consumer.</param>
    public static CoordinationSettings Coordination(KinesisConsumerOptions options) => new()
    {
        Application = options.ApplicationName,
        Stream = options.Stream.Identifier,
        Start = StartPosition.From(
            options.Stream.InitialPosition.Checkpoint, configured: options.Stream.InitialPosition.Timestamp),
        MaxLeases = options.MaxLeasesForWorker,
        MaxLeasesToSteal = options.MaxLeasesToStealAtOneTime,
        ShardSyncInterval = options.ShardSyncInterval,
        MaxParentPollInterval = options.ParentShardPollInterval,
        DeletesFinishedLeases = options.CleanUpLeasesOfFinishedShards,
        ShutdownTimeout = options.ShutdownTimeout,
    };
}
