using Kcl.Retrieval;

namespace Kcl;

/// <summary>Sets up retrieval from the public options and services.</summary>
internal static class RetrievalSetup
{
    /// <summary>Returns the settings of retrieval.</summary>
    /// <param name="options">The options.</param>
    public static RetrievalSettings Settings(KinesisConsumerOptions options) => new()
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

        // A worker renews its leases three times in the failover time, and learns then that one is lost.
        LeaseLossDelay = options.FailoverTime / 3,
    };

    /// <summary>Creates the factory of a worker's record sources.</summary>
    /// <param name="options">The options.</param>
    /// <param name="services">The services.</param>
    /// <param name="budget">The bytes that all shards share; null for those of the options.</param>
    public static RecordSourceFactory CreateFactory(
        KinesisConsumerOptions options, KinesisConsumerServices services, ByteBudget? budget = null) => new(
            Settings(options),
            services.KinesisClient,
            budget ?? new ByteBudget(options.MaxPrefetchedBytes),
            services.TimeProvider,
            services.Random,
            services.LoggerFactory);
}
