using static Kcl.Daemon.Settings.SettingTypes;

namespace Kcl.Daemon.Settings;

/// <summary>Coordination, processing, metrics, and what Java's daemon no longer knows.</summary>
internal static class WorkerSettings
{
    private const string ZeroIsDefault = "0, which Java takes for its default, is refused: leave the line out";
    private const string Migration = "leases are shared with KCL 2.x and 3.x workers as they are found; there is no migration to steer";
    private const string Dead = "Java's daemon has ignored it since KCL 2";
    private static readonly SettingGroup Worker = new("Coordination, processing and metrics");
    private static readonly SettingGroup Coordinator = new("Coordination, processing and metrics", "coordinatorStateTableConfigBean");
    private static readonly SettingGroup Legacy = new("Keys of KCL 1.x that Java's daemon ignores");

    public static IEnumerable<Setting> All =>
    [
        Worker.Better("parentShardPollIntervalMillis", Number(100, int.MaxValue, "milliseconds"), "10000", "The longest time between two looks at a shard's unfinished parents.", "parents finished by this worker are noticed at once", static (d, v) => d.Consumer.ParentShardPollInterval = TimeSpan.FromMilliseconds(v)),
        Worker.Refused("shardPrioritization", "The order in which shards are started.", "no value of it is accepted by Java either; leave the line out"),
        Worker.WithoutEffect("skipShardSyncAtWorkerInitializationIfLeasesExist", SettingTypes.Boolean, "false", "Skips the comparison of shards and leases at the start.", "the start does not wait for that comparison where there are leases"),
        Worker.WithoutEffect("schedulerInitializationBackoffTimeMillis", Number(0, long.MaxValue, "milliseconds"), "1000", "The pause between tries to start, of which Java makes 20.", "what may pass is tried with growing pauses until it succeeds; what cannot pass ends the daemon at once, with exit code 1"),
        Worker.WithoutEffect("clientVersionConfig", Choice("CLIENT_VERSION_CONFIG_3X", "CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X", "CLIENT_VERSION_CONFIG_2X_PHASE1"), "CLIENT_VERSION_CONFIG_3X", "The phase of a migration from KCL 2.x.", Migration),
        Worker.WithoutEffect("migrateAllEntitiesToLeaseTable", SettingTypes.Boolean, "false", "Moves Java's further tables into the lease table.", Migration),
        Worker.WithoutEffect("tableMigrationCompleteBakeTimeSeconds", Number(0, long.MaxValue, "seconds"), "86400", "How long that move may be taken back.", Migration),
        .. LeaseSettings.TableOf(Coordinator, "coordinatorState", "<applicationName>-CoordinatorState", "the coordinator's state", LeaseSettings.CoordinatorTable),
        Worker.Same("callProcessRecordsEvenForEmptyRecordList", SettingTypes.Boolean, "false", "Whether children are called for reads that brought nothing.", static (d, v) => d.Consumer.DeliverEmptyBatches = v),
        Worker.Better("taskBackoffTimeMillis", Number(1, 30_000, "milliseconds"), "500", "The pause after a failure of a shard's child.", $"doubled with each failure in a row, up to 30 seconds, with jitter; {ZeroIsDefault}", static (d, v) => d.Consumer.ProcessorRetryDelay = TimeSpan.FromMilliseconds(v)),
        Worker.Better("logWarningForTaskAfterMillis", Number(1, int.MaxValue, "milliseconds"), "none", "After how long a call of a child that has not been answered is warned about.", "0, with which Java warns always, is refused", static (d, v) => d.Consumer.SlowProcessorWarningAfter = TimeSpan.FromMilliseconds(v)),
        Worker.WithoutEffect("metricsBufferTimeMillis", Number(0, long.MaxValue, "milliseconds"), "10000", "How long metrics are buffered.", LeaseSettings.NoCloudWatch),
        Worker.WithoutEffect("metricsMaxQueueSize", Number(0, int.MaxValue), "10000", "How many metrics are buffered.", LeaseSettings.NoCloudWatch),
        Worker.WithoutEffect("metricsLevel", Choice("NONE", "SUMMARY", "DETAILED"), "DETAILED", "Which metrics are published.", LeaseSettings.NoCloudWatch),
        Worker.WithoutEffect("metricsEnabledDimensions", AnyText, "ALL", "The dimensions of metrics.", LeaseSettings.NoCloudWatch),
        Worker.Ours("maxFailuresBeforeRelease", Number(1, int.MaxValue), "10", "How many failures in a row, without any progress, make this worker release the shard for another to try.", static (d, v) => d.Consumer.MaxFailuresBeforeRelease = (int)v),
        Legacy.WithoutEffect("billingMode", AnyText, "PAY_PER_REQUEST", "How the lease table is billed.", Dead),
        Legacy.WithoutEffect("userAgent", AnyText, "none", "Part of the user agent.", Dead),
        Legacy.WithoutEffect("maxPendingProcessRecordsInput", AnyText, "none", "Batches fetched ahead.", $"{Dead}; there is maxPrefetchedBatches"),
        Legacy.WithoutEffect("maxCacheByteSize", AnyText, "none", "Bytes fetched ahead.", $"{Dead}; there is prefetchByteBudget"),
        Legacy.WithoutEffect("maxRecordsCount", AnyText, "none", "Records fetched ahead.", Dead),
        Legacy.WithoutEffect("dataFetchingStrategy", AnyText, "none", "How records are fetched.", Dead),
        Legacy.WithoutEffect("idleMillisBetweenCalls", AnyText, "none", "The pause between reads.", $"{Dead}; there is idleTimeBetweenReadsInMillis"),
        Legacy.WithoutEffect("timestampAtInitialPositionInStream", AnyText, "none", "The instant from which shards without a lease start.", $"{Dead}; there is initialPositionInStreamExtended"),
        Legacy.WithoutEffect("skipShardSyncAtStartupIfLeasesExist", AnyText, "none", "Skips the comparison of shards and leases at the start.", Dead),
        Legacy.WithoutEffect("shardPrioritizationStrategy", AnyText, "none", "The order in which shards are started.", Dead),
    ];
}
