using static Kcl.Daemon.Settings.JavaCompatibility;
using static Kcl.Daemon.Settings.SettingTypes;

namespace Kcl.Daemon.Settings;

/// <summary>The settings of leases: how they are taken, renewed and released, and the tables.</summary>
internal static class LeaseSettings
{
    private const string Heading = "Leases";
    // The explanations of settings that have no effect.
    private const string ByCount = "leases are balanced by count, without measurements of the workers' load";
    private const string TakenAsIn2X =
        "a worker that stops releases a lease after its processor has finished; a lease that is taken for balance changes owner "
        + "immediately, as in KCL 2.x";
    private const string OnDemand = "the table is created with on-demand capacity, as Java's daemon does";
    private static readonly SettingGroup Leases = new(Heading);
    private static readonly SettingGroup HandOff = new(Heading, "gracefulLeaseHandoffConfigBean");
    private static readonly SettingGroup Assignment = new(Heading, "workerUtilizationAwareAssignmentConfigBean");
    private static readonly SettingGroup Workers = new(Heading, "workerMetricStatsTableConfigBean");

    /// <summary>Gets the settings, in the order of the documentation.</summary>
    public static IEnumerable<Setting> All =>
    [
        Leases.Applied("failoverTimeMillis", Milliseconds(500), static d => d.Consumer.FailoverTime,
            static (d, v) => d.Consumer.FailoverTime = v,
            "The time without renewal after which another worker may take a lease.") with
        {
            Compatibility = Differs,
            Restriction = "values below 500 are refused",
        },
        Leases.WithoutEffect("leaseAssignmentIntervalMillis", Number(0, long.MaxValue, "milliseconds"), "twice failoverTimeMillis",
            "How often Java's leader assigns leases.",
            "no leader assigns leases; every worker scans the lease table every 1 to 5 seconds and takes leases"),
        Leases.WithoutEffect("enablePriorityLeaseAssignment", SettingTypes.Boolean, "true",
            "Whether leases that expired long ago are taken first.", "expired leases are always taken first"),
        Leases.Applied("leaseTableDeletionProtectionEnabled", SettingTypes.Boolean, static d => d.DynamoDb.DeletionProtection,
            static (d, v) => d.DynamoDb.DeletionProtection = v,
            "Whether a new lease table is protected from deletion."),
        Leases.Applied("leaseTablePitrEnabled", SettingTypes.Boolean, static d => d.DynamoDb.PointInTimeRecovery,
            static (d, v) => d.DynamoDb.PointInTimeRecovery = v,
            "Whether point-in-time recovery is turned on at every start. With false, the table is left as it is."),
        Leases.Applied("shardSyncIntervalMillis", Milliseconds(1000), static d => d.Consumer.ShardSyncInterval,
            static (d, v) => d.Consumer.ShardSyncInterval = v,
            "The time between two comparisons of the shard list with the leases.") with
        {
            Compatibility = Differs,
            Restriction = SettingNotes.ZeroIsDefault,
        },
        Leases.Applied("cleanupLeasesUponShardCompletion", SettingTypes.Boolean, static d => d.Consumer.CleanUpLeasesOfFinishedShards,
            static (d, v) => d.Consumer.CleanUpLeasesOfFinishedShards = v,
            "Whether the lease of a finished shard is deleted after its children have started.") with
        {
            Compatibility = Differs,
            Explanation = "false has an effect; Java ignores it",
        },
        Leases.WithoutEffect("ignoreUnexpectedChildShards", SettingTypes.Boolean, "false",
            "Whether a shard list is accepted that has open shards with closed children.",
            "an inconsistent shard list is read again and never stops the worker"),
        Leases.Applied("maxLeasesForWorker", Number(1, int.MaxValue),
            static d => d.Consumer.MaxLeasesForWorker is < int.MaxValue and var limit ? limit : null,
            static (d, v) => d.Consumer.MaxLeasesForWorker = (int)v,
            "The maximum number of leases that this worker owns.", unset: "no limit") with
        {
            Compatibility = Differs,
            Restriction = SettingNotes.ZeroIsDefault,
        },
        Leases.Applied("maxLeasesToStealAtOneTime", Number(1, int.MaxValue), static d => d.Consumer.MaxLeasesToStealAtOneTime,
            static (d, v) => d.Consumer.MaxLeasesToStealAtOneTime = (int)v,
            "The maximum number of leases that a worker with too few takes per round from the worker that has most.") with
        {
            Compatibility = Differs,
            Restriction = SettingNotes.ZeroIsDefault,
        },
        Leases.WithoutEffect("initialLeaseTableReadCapacity", Number(0, int.MaxValue), "10",
            "The read capacity of a new table with provisioned capacity.", OnDemand),
        Leases.WithoutEffect("initialLeaseTableWriteCapacity", Number(0, int.MaxValue), "10",
            "The write capacity of a new table with provisioned capacity.", OnDemand),
        Leases.Applied("leaseTableScanTotalSegments", Number(0, 1000), static d => d.DynamoDb.ScanSegments,
            static (d, v) => d.DynamoDb.ScanSegments = v == 0 ? new SettingsDraft().DynamoDb.ScanSegments : (int)v,
            "The number of segments into which a listing of the table is divided; 0 for the default."),
        Leases.WithoutEffect("maxLeaseRenewalThreads", Number(0, int.MaxValue), "20", "The number of threads that renew leases.",
            "no thread waits for a renewal"),
        Leases.WithoutEffect("listShardsBackoffTimeInMillis", Number(0, long.MaxValue, "milliseconds"), "1500",
            "The pause between attempts to list shards.", "calls are retried with increasing pauses and jitter"),
        Leases.WithoutEffect("maxListShardsRetryAttempts", Number(0, int.MaxValue), "50",
            "The number of attempts to list shards.",
            "transient failures are retried until the call succeeds; known shards are processed in the meantime"),
        HandOff.WithoutEffect("gracefulLeaseHandoffTimeoutMillis", Number(0, long.MaxValue, "milliseconds"), "30000",
            "How long a hand-off may take.", TakenAsIn2X),
        HandOff.WithoutEffect("isGracefulLeaseHandoffEnabled", SettingTypes.Boolean, "true",
            "Whether the previous owner finishes processing before a hand-off.",
            TakenAsIn2X),
        Assignment.WithoutEffect("inMemoryWorkerMetricsCaptureFrequencyMillis", Number(0, long.MaxValue, "milliseconds"), "1000",
            "How often a worker's load is measured.", ByCount),
        Assignment.WithoutEffect("workerMetricsReporterFreqInMillis", Number(0, long.MaxValue, "milliseconds"), "30000",
            "How often a worker's load is reported.", ByCount),
        Assignment.WithoutEffect("noOfPersistedMetricsPerWorkerMetrics", Number(0, int.MaxValue), "10",
            "The number of measurements that are kept.", ByCount),
        Assignment.WithoutEffect("disableWorkerMetrics", SettingTypes.Boolean, "false", "Whether load measurement is disabled.", ByCount),
        Assignment.WithoutEffect("maxThroughputPerHostKBps", Fraction, "no limit", "The maximum throughput assigned to a worker.", ByCount),
        Assignment.WithoutEffect("dampeningPercentage", Number(0, 100), "60", "The percentage of an imbalance that is corrected per round.",
            ByCount),
        Assignment.WithoutEffect("reBalanceThresholdPercentage", Number(0, 100), "10", "The tolerated imbalance, in percent.", ByCount),
        Assignment.WithoutEffect("allowThroughputOvershoot", SettingTypes.Boolean, "true",
            "Whether a worker may receive more than its share.", ByCount),
        Assignment.WithoutEffect("varianceBalancingFrequency", Number(0, int.MaxValue), "3",
            "The number of assignment runs after which leases are balanced.", ByCount),
        Assignment.WithoutEffect("workerMetricsEMAAlpha", Fraction, "0.5",
            "The weight of the newest measurement in the moving average.", ByCount),
        Assignment.WithoutEffect("staleWorkerMetricsEntryCleanupDuration", IsoDuration, "P1D",
            "The age at which measurements of missing workers are deleted.", ByCount),
        .. TableOf(Workers, "workerMetrics", "<applicationName>-WorkerMetricStats", "The table of the workers' load.", ByCount),
    ];

    /// <summary>Returns the seven settings of one of Java's two additional tables.</summary>
    /// <param name="group">The group.</param>
    /// <param name="prefix">The prefix of the keys.</param>
    /// <param name="name">The default name of the table.</param>
    /// <param name="meaning">What the table contains.</param>
    /// <param name="why">Why the settings have no effect.</param>
    public static IEnumerable<Setting> TableOf(SettingGroup group, string prefix, string name, string meaning, string why) =>
    [
        group.WithoutEffect($"{prefix}TableName", Text, name, meaning, why),
        group.WithoutEffect($"{prefix}BillingMode", Choice("PAY_PER_REQUEST", "PROVISIONED"), "PAY_PER_REQUEST",
            "The billing mode of that table.", why),
        group.WithoutEffect($"{prefix}ReadCapacity", Number(0, long.MaxValue), "0", "Its read capacity.", why),
        group.WithoutEffect($"{prefix}WriteCapacity", Number(0, long.MaxValue), "0", "Its write capacity.", why),
        group.WithoutEffect($"{prefix}PointInTimeRecoveryEnabled", SettingTypes.Boolean, "false", "Whether it has point-in-time recovery.",
            why),
        group.WithoutEffect($"{prefix}DeletionProtectionEnabled", SettingTypes.Boolean, "false", "Whether it is protected from deletion.",
            why),
        group.WithoutEffect($"{prefix}Tags", Pairs, "none", "Its tags.", why),
    ];
}
