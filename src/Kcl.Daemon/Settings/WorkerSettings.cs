using static Kcl.Daemon.Settings.JavaCompatibility;
using static Kcl.Daemon.Settings.SettingTypes;

namespace Kcl.Daemon.Settings;

/// <summary>The settings of coordination, processing and metrics, and those that Java's daemon ignores.</summary>
internal static class WorkerSettings
{
    // No key sets this option.
    private static readonly TimeSpan MaxRetryDelay = new KinesisConsumerOptions().MaxProcessorRetryDelay;

    private const string Heading = "Coordination, processing and metrics";
    private const string OneTable = "this daemon writes only the lease table";
    private const string Ignored = "Java's daemon has ignored it since KCL 2";
    private static readonly SettingGroup Worker = new(Heading);
    private static readonly SettingGroup Coordinator = new(Heading, "coordinatorStateTableConfigBean");
    private static readonly SettingGroup Legacy = new("Keys of KCL 1.x that Java's daemon ignores");

    /// <summary>Gets the settings, in the order of the documentation.</summary>
    public static IEnumerable<Setting> All =>
    [
        Worker.Applied("parentShardPollIntervalMillis", Milliseconds(100), static d => d.Consumer.ParentShardPollInterval,
            static (d, v) => d.Consumer.ParentShardPollInterval = v,
            "The maximum time between two checks of a shard's unfinished parents.") with
        {
            Compatibility = Differs,
            Explanation = "if this worker finishes a parent, it continues with the children immediately",
        },
        Worker.Refused("shardPrioritization", "The order in which shards are started.",
            "Java accepts no value for it either; remove the line"),
        Worker.WithoutEffect("skipShardSyncAtWorkerInitializationIfLeasesExist", SettingTypes.Boolean, "false",
            "Skips the comparison of shards and leases at startup.", "if there are leases, startup does not wait for that comparison"),
        Worker.WithoutEffect("schedulerInitializationBackoffTimeMillis", Number(0, long.MaxValue, "milliseconds"), "1000",
            "The pause between attempts to start; Java's daemon makes 20 attempts.",
            "transient failures are retried with increasing pauses until the start succeeds; other failures end the daemon "
                + "immediately, with exit code 1"),
        Worker.WithoutEffect("clientVersionConfig",
            Choice("CLIENT_VERSION_CONFIG_3X", "CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X", "CLIENT_VERSION_CONFIG_2X_PHASE1"),
            "CLIENT_VERSION_CONFIG_3X",
            "The phase of a migration from KCL 2.x.",
            "this daemon shares leases with workers of KCL 2.x, and of 3.x in its 2.x-compatible mode; if the fleet is in 3.x mode, it "
                + "takes no leases (see docs/migrating.md)"),
        Worker.WithoutEffect("migrateAllEntitiesToLeaseTable", SettingTypes.Boolean, "false",
            "Moves Java's additional tables into the lease table.", OneTable),
        Worker.WithoutEffect("tableMigrationCompleteBakeTimeSeconds", Number(0, long.MaxValue, "seconds"), "86400",
            "How long that move can be undone.", OneTable),
        .. LeaseSettings.TableOf(Coordinator, "coordinatorState", "<applicationName>-CoordinatorState",
            "The table of the coordinator's state.", OneTable),
        Worker.Applied("callProcessRecordsEvenForEmptyRecordList", SettingTypes.Boolean,
            static d => d.Consumer.DeliverEmptyBatches,
            static (d, v) => d.Consumer.DeliverEmptyBatches = v,
            "Whether children receive a batch for each read that returned no records."),
        Worker.Applied("taskBackoffTimeMillis", Milliseconds(1, (int)MaxRetryDelay.TotalMilliseconds),
            static d => d.Consumer.ProcessorRetryDelay,
            static (d, v) => d.Consumer.ProcessorRetryDelay = v,
            "The pause after a failure of a shard's child.") with
        {
            Compatibility = Differs,
            Explanation = $"it is doubled with each consecutive failure, up to {MaxRetryDelay.TotalSeconds} seconds, with jitter",
            Restriction = SettingNotes.ZeroIsDefault,
        },
        Worker.Applied("logWarningForTaskAfterMillis", Milliseconds(1), static d => d.Consumer.SlowProcessorWarningAfter,
            static (d, v) => d.Consumer.SlowProcessorWarningAfter = v,
            "The time after which a warning is logged about an action that a child has not answered.") with
        {
            Compatibility = Differs,
            Restriction = "0 is refused, because Java then always logs a warning",
        },
        Worker.WithoutEffect("metricsBufferTimeMillis", Number(0, long.MaxValue, "milliseconds"), "10000", "How long metrics are buffered.",
            SettingNotes.NoCloudWatch),
        Worker.WithoutEffect("metricsMaxQueueSize", Number(0, int.MaxValue), "10000", "The number of metrics that are buffered.",
            SettingNotes.NoCloudWatch),
        Worker.WithoutEffect("metricsLevel", Choice("NONE", "SUMMARY", "DETAILED"), "DETAILED", "Which metrics are published.",
            SettingNotes.NoCloudWatch),
        Worker.WithoutEffect("metricsEnabledDimensions", AnyText, "ALL", "The dimensions of metrics.", SettingNotes.NoCloudWatch),
        Worker.Applied("maxFailuresBeforeRelease", Number(1, int.MaxValue), static d => d.Consumer.MaxFailuresBeforeRelease,
            static (d, v) => d.Consumer.MaxFailuresBeforeRelease = (int)v,
            "The number of consecutive failures without progress after which this worker releases the shard to other workers.") with
        {
            Compatibility = Differs,
            Explanation = SettingNotes.OwnSetting,
        },
        Legacy.WithoutEffect("billingMode", AnyText, "PAY_PER_REQUEST", "The billing mode of the lease table.", Ignored),
        Legacy.WithoutEffect("userAgent", AnyText, "none", "Part of the user agent.", Ignored),
        Legacy.WithoutEffect("maxPendingProcessRecordsInput", AnyText, "none", "Batches fetched ahead.",
            $"{Ignored}; use maxPrefetchedBatches"),
        Legacy.WithoutEffect("maxCacheByteSize", AnyText, "none", "Bytes fetched ahead.", $"{Ignored}; use prefetchByteBudget"),
        Legacy.WithoutEffect("maxRecordsCount", AnyText, "none", "Records fetched ahead.", Ignored),
        Legacy.WithoutEffect("dataFetchingStrategy", AnyText, "none", "How records are retrieved.", Ignored),
        Legacy.WithoutEffect("idleMillisBetweenCalls", AnyText, "none", "The pause between reads.",
            $"{Ignored}; use idleTimeBetweenReadsInMillis"),
        Legacy.WithoutEffect("timestampAtInitialPositionInStream", AnyText, "none",
            "The time from which shards without a lease are read.", $"{Ignored}; use initialPositionInStreamExtended"),
        Legacy.WithoutEffect("skipShardSyncAtStartupIfLeasesExist", AnyText, "none",
            "Skips the comparison of shards and leases at startup.", Ignored),
        Legacy.WithoutEffect("shardPrioritizationStrategy", AnyText, "none", "The order in which shards are started.", Ignored),
    ];
}
