using Kcl.Leases.DynamoDb;
using static Kcl.Daemon.Settings.SettingTypes;

namespace Kcl.Daemon.Settings;

/// <summary>Leases: taking, keeping and handing them over, and the tables.</summary>
internal static class LeaseSettings
{
    public const string NoCloudWatch = "metrics are not published to CloudWatch; see docs/telemetry.md for the meters";
    private const string ZeroIsDefault = "0, which Java takes for its default, is refused: leave the line out";
    private const string OneTable = "only the lease table is used";
    private const string ByCount = "leases are balanced by count, without a table of workers' load";
    private const string NoHandOff = "a lease is given to its next owner when its processor has stopped, always; there is nothing to switch";
    private static readonly SettingGroup Leases = new("Leases");
    private static readonly SettingGroup HandOff = new("Leases", "gracefulLeaseHandoffConfigBean");
    private static readonly SettingGroup Assignment = new("Leases", "workerUtilizationAwareAssignmentConfigBean");
    private static readonly SettingGroup Workers = new("Leases", "workerMetricStatsTableConfigBean");

    public static IEnumerable<Setting> All =>
    [
        Leases.Better("failoverTimeMillis", Number(500, int.MaxValue, "milliseconds"), "10000", "How long a lease may go without renewal before another worker may take it.", "negative values, and those under 500, are refused",
            static (d, v) => d.Consumer.FailoverTime = TimeSpan.FromMilliseconds(v)),
        Leases.WithoutEffect("leaseAssignmentIntervalMillis", Number(0, long.MaxValue, "milliseconds"), "twice failoverTimeMillis", "How often Java's leader assigns leases.", "every worker looks for leases to take by itself, several times per failover time"),
        Leases.WithoutEffect("enablePriorityLeaseAssignment", SettingTypes.Boolean, "true", "Whether long expired leases are taken first.", "expired leases are always taken first"),
        Leases.Same("leaseTableDeletionProtectionEnabled", SettingTypes.Boolean, "false", "Whether a new lease table is protected from deletion.", static (d, v) => d.DynamoDb.DeletionProtection = v),
        Leases.Same("leaseTablePitrEnabled", SettingTypes.Boolean, "false", "Whether the lease table has point-in-time recovery.", static (d, v) => d.DynamoDb.PointInTimeRecovery = v),
        Leases.Better("shardSyncIntervalMillis", Number(1000, int.MaxValue, "milliseconds"), "60000", "How often the shard list is compared with the leases.", ZeroIsDefault, static (d, v) => d.Consumer.ShardSyncInterval = TimeSpan.FromMilliseconds(v)),
        Leases.Better("cleanupLeasesUponShardCompletion", SettingTypes.Boolean, "true", "Whether a finished shard's lease is removed once its children are under way.", "false is honoured; Java ignores it", static (d, v) => d.Consumer.CleanUpLeasesOfFinishedShards = v),
        Leases.WithoutEffect("ignoreUnexpectedChildShards", SettingTypes.Boolean, "false", "Whether open shards with closed children are tolerated.", "a shard list that contradicts itself is read again, and never stops the worker"),
        Leases.Better("maxLeasesForWorker", Number(1, int.MaxValue), "no limit", "The most leases this worker will own.", ZeroIsDefault, static (d, v) => d.Consumer.MaxLeasesForWorker = (int)v),
        Leases.Better("maxLeasesToStealAtOneTime", Number(1, int.MaxValue), "1", "How many leases a worker with too few takes in one round from the one that has most.", ZeroIsDefault, static (d, v) => d.Consumer.MaxLeasesToStealAtOneTime = (int)v),
        Leases.WithoutEffect("initialLeaseTableReadCapacity", Number(0, int.MaxValue), "10", "The read capacity of a new table with provisioned capacity.", "the table is made with capacity on demand, as by Java's daemon"),
        Leases.WithoutEffect("initialLeaseTableWriteCapacity", Number(0, int.MaxValue), "10", "The write capacity of a new table with provisioned capacity.", "the table is made with capacity on demand, as by Java's daemon"),
        Leases.Same("leaseTableScanTotalSegments", Number(0, 1000), "0: chosen by the daemon", "Into how many segments a listing of the table is divided.", static (d, v) => d.DynamoDb.ScanSegments = v == 0 ? new DynamoDbLeaseStoreOptions().ScanSegments : (int)v),
        Leases.WithoutEffect("maxLeaseRenewalThreads", Number(0, int.MaxValue), "20", "The threads that renew leases.", "no thread waits for a renewal"),
        Leases.WithoutEffect("listShardsBackoffTimeInMillis", Number(0, long.MaxValue, "milliseconds"), "1500", "The pause between tries to list shards.", "calls are retried with growing pauses and jitter"),
        Leases.WithoutEffect("maxListShardsRetryAttempts", Number(0, int.MaxValue), "50", "How often listing shards is tried.", "what may pass is tried until it succeeds; the shards at hand are processed meanwhile"),
        HandOff.WithoutEffect("gracefulLeaseHandoffTimeoutMillis", Number(0, long.MaxValue, "milliseconds"), "30000", "How long a hand-over may take.", NoHandOff),
        HandOff.WithoutEffect("isGracefulLeaseHandoffEnabled", SettingTypes.Boolean, "true", "Whether leases are handed over in an orderly way.", NoHandOff),
        Assignment.WithoutEffect("inMemoryWorkerMetricsCaptureFrequencyMillis", Number(0, long.MaxValue, "milliseconds"), "1000", "How often a worker's load is measured.", ByCount),
        Assignment.WithoutEffect("workerMetricsReporterFreqInMillis", Number(0, long.MaxValue, "milliseconds"), "30000", "How often a worker's load is reported.", ByCount),
        Assignment.WithoutEffect("noOfPersistedMetricsPerWorkerMetrics", Number(0, int.MaxValue), "10", "How many measurements are kept.", ByCount),
        Assignment.WithoutEffect("disableWorkerMetrics", SettingTypes.Boolean, "false", "Whether load is measured at all.", ByCount),
        Assignment.WithoutEffect("maxThroughputPerHostKBps", Fraction, "no limit", "The most throughput a worker is assigned.", ByCount),
        Assignment.WithoutEffect("dampeningPercentage", Number(0, 100), "60", "How much of an imbalance is corrected at once.", ByCount),
        Assignment.WithoutEffect("reBalanceThresholdPercentage", Number(0, 100), "10", "How much imbalance is tolerated.", ByCount),
        Assignment.WithoutEffect("allowThroughputOvershoot", SettingTypes.Boolean, "true", "Whether a worker may get more than its share.", ByCount),
        Assignment.WithoutEffect("varianceBalancingFrequency", Number(0, int.MaxValue), "3", "How often balance is sought.", ByCount),
        Assignment.WithoutEffect("workerMetricsEMAAlpha", Fraction, "0.5", "How measurements are smoothed.", ByCount),
        Assignment.WithoutEffect("staleWorkerMetricsEntryCleanupDuration", IsoDuration, "P1D", "When measurements of gone workers are removed.", ByCount),
        .. TableOf(Workers, "workerMetrics", "<applicationName>-WorkerMetricStats", "the workers' load", ByCount),
    ];

    /// <summary>The seven keys of each of Java's two further tables.</summary>
    public static IEnumerable<Setting> TableOf(SettingGroup group, string prefix, string name, string what, string why) =>
    [
        group.WithoutEffect($"{prefix}TableName", Text, name, $"The table of {what}.", why),
        group.WithoutEffect($"{prefix}BillingMode", Choice("PAY_PER_REQUEST", "PROVISIONED"), "PAY_PER_REQUEST", "How that table is billed.", why),
        group.WithoutEffect($"{prefix}ReadCapacity", Number(0, long.MaxValue), "0", "Its read capacity.", why),
        group.WithoutEffect($"{prefix}WriteCapacity", Number(0, long.MaxValue), "0", "Its write capacity.", why),
        group.WithoutEffect($"{prefix}PointInTimeRecoveryEnabled", SettingTypes.Boolean, "false", "Whether it has point-in-time recovery.", why),
        group.WithoutEffect($"{prefix}DeletionProtectionEnabled", SettingTypes.Boolean, "false", "Whether it is protected from deletion.", why),
        group.WithoutEffect($"{prefix}Tags", Pairs, "none", "Its tags.", why),
    ];

    /// <summary>Why the keys of Java's coordinator table do nothing.</summary>
    public const string CoordinatorTable = OneTable;
}
