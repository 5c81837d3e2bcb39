using Kcl.Consuming;
using Kcl.Coordination;
using Kcl.Leasing;
using Kcl.Retrieval;
using Kcl.Streams;

namespace Kcl;

/// <summary>
/// Maps the options of a consumer to the settings of retrieval, consuming and coordination, which do not use the options themselves.
/// </summary>
internal static class ConsumerSettings
{
    /// <summary>Creates the settings with which shards are consumed.</summary>
    /// <param name="options">The frozen options of the consumer.</param>
    public static ConsumingSettings CreateConsuming(KinesisConsumerOptions options) => new()
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

    /// <summary>Creates the settings with which records are retrieved.</summary>
    /// <param name="options">The frozen options of the consumer.</param>
    public static RetrievalSettings CreateRetrieval(KinesisConsumerOptions options) => new()
    {
        Stream = options.Stream.Identifier,
        Mode = options.RetrievalMode,
        MaxRecords = options.MaxRecords,
        IdleTimeBetweenReads = options.IdleTimeBetweenReads,
        DeliverEmptyBatches = options.DeliverEmptyBatches,
        MaxPrefetchedBatches = options.MaxPrefetchedBatches,
        ReuseBuffers = options.ReuseRecordBuffers,
        FanOutConsumerName = string.IsNullOrEmpty(options.FanOutConsumerName) ? options.ApplicationName : options.FanOutConsumerName,
        FanOutConsumerArn = options.Stream.FanOutConsumerArn,
        LeaseLossDelay = new LeaseTiming(options.FailoverTime).SubscriptionInUseDelay,
    };

    /// <summary>Creates the factory of a worker's record sources.</summary>
    /// <param name="options">The frozen options of the consumer.</param>
    /// <param name="services">The services.</param>
    /// <param name="budget">The bytes that all shards share; null for those of the options.</param>
    public static RecordSourceFactory CreateRecordSources(
        KinesisConsumerOptions options, KinesisConsumerServices services, ByteBudget? budget = null) => new(
            CreateRetrieval(options),
            services.KinesisClient,
            budget ?? new ByteBudget(options.MaxPrefetchedBytes),
            services.TimeProvider,
            services.Random,
            services.LoggerFactory);

    /// <summary>Creates the settings with which the shards of the stream are coordinated.</summary>
    /// <param name="options">The frozen options of the consumer.</param>
    public static CoordinationSettings CreateCoordination(KinesisConsumerOptions options) => new()
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
