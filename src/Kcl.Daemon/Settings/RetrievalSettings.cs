using Kcl.Kinesis;
using static Kcl.Daemon.Settings.JavaCompatibility;
using static Kcl.Daemon.Settings.SettingTypes;

namespace Kcl.Daemon.Settings;

/// <summary>The settings of the starting position and of retrieval.</summary>
internal static class RetrievalSettings
{
    private const string Heading = "Position and retrieval";
    private const string Retried = "transient failures are retried with increasing pauses until the call succeeds";
    private const string Unused = "Java does not use the value either; setting the key selects polling";
    private static readonly TimeSpan MinIdleTime = TimeSpan.FromMilliseconds(200);
    private static readonly SettingGroup Position = new(Heading);
    private static readonly SettingGroup Polling = new(Heading, "pollingConfig");

    private static readonly SettingType<ConsumerArn> Arn = new(
        "the ARN of a fan-out consumer: arn:aws:kinesis:<region>:<account>:stream/<name>/consumer/<name>:<number>",
        static text => ConsumerArn.TryParse(text, out var arn) ? new(arn) : null);

    private const string DefaultMode = "DEFAULT";

    private static readonly OrderedDictionary<string, RetrievalMode> Modes = new(StringComparer.Ordinal)
    {
        ["POLLING"] = RetrievalMode.Polling,
        ["FANOUT"] = RetrievalMode.FanOut,
    };

    /// <summary>
    /// Gets the keys that select polling for the retrieval mode DEFAULT if any of them is set (multilang/config/RetrievalMode,
    /// PollingConfigBean).
    /// </summary>
    public static IReadOnlySet<string> SelectPolling { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "maxRecords", "idleTimeBetweenReadsInMillis", "millisBehindLatestThresholdForReducedTps", "retryGetRecordsInSeconds",
            "maxGetRecordsThreadPool",
    };

    /// <summary>Gets the settings, in the order of the documentation.</summary>
    public static IEnumerable<Setting> All =>
    [
        Position.Applied("initialPositionInStream", Choice([.. InitialPosition.Named.Select(static p => p.ToString())]),
            static d => d.Consumer.Stream.InitialPosition,
            static (d, v) => d.InitialPosition = InitialPosition.Parse(v),
            "Where a shard without a lease starts.") with
        {
            Compatibility = Differs,
            Explanation = "setting both this and initialPositionInStreamExtended is refused, because it is undefined which one Java uses",
        },
        Position.Applied("initialPositionInStreamExtended", Instant, static d => d.InitialTimestamp,
            static (d, v) => d.InitialTimestamp = v,
            "The time from which shards without a lease are read (AT_TIMESTAMP).") with
        {
            Compatibility = Differs,
            Explanation = "dates are accepted in addition to Java's epoch seconds",
        },
        Position.Applied("retrievalMode", Choice([DefaultMode, .. Modes.Keys]), static _ => DefaultMode,
            static (d, v) => d.RetrievalMode = Modes.TryGetValue(v, out var mode) ? mode : null,
            "How records are retrieved. DEFAULT is fan-out, or polling if a polling key is set or with --local.") with
        {
            Compatibility = Differs,
            Explanation = "if the service refuses fan-out, DEFAULT polls instead and logs it once",
        },
        Polling.Applied("maxRecords", Number(1, 10_000), static d => d.Consumer.MaxRecords, static (d, v) => d.Consumer.MaxRecords = (int)v,
            "The maximum number of records per read.") with
        {
            Compatibility = Differs,
            Restriction = SettingNotes.ZeroIsDefault,
        },
        Polling.Applied("idleTimeBetweenReadsInMillis", Milliseconds(0), static d => d.Consumer.IdleTimeBetweenReads,
            static (d, v) => d.Consumer.IdleTimeBetweenReads = v < MinIdleTime ? MinIdleTime : v,
            "The maximum pause between two reads of a shard that has no new records. Values below 200 are raised to 200.") with
        {
            Compatibility = Differs,
            Explanation =
                "a shard with more records is read again immediately, as fast as the service allows; the pause adapts to the rate of new "
                + "records. Java's default is 1500",
        },
        Polling.WithoutEffect("millisBehindLatestThresholdForReducedTps", Number(0, long.MaxValue, "milliseconds"), "0",
            "The lag in milliseconds below which reading slows down.", "the pause adapts to the rate of new records"),
        Polling.WithoutEffect("retryGetRecordsInSeconds", Number(0, int.MaxValue, "seconds"), "none", "Not used in Java.", Unused),
        Polling.WithoutEffect("maxGetRecordsThreadPool", Number(0, int.MaxValue), "none", "Not used in Java.", Unused),
        Position.Applied("fanoutConfig.consumerArn", Arn, static d => d.Consumer.Stream.FanOutConsumerArn,
            static (d, v) => d.Consumer.Stream.FanOutConsumerArn = v,
            "The ARN of an existing fan-out consumer. If it is set, no consumer is registered."),
        Position.Applied("fanoutConfig.consumerName", Text, static d => d.Consumer.FanOutConsumerName,
            static (d, v) => d.Consumer.FanOutConsumerName = v,
            "The name of the fan-out consumer to register.", unset: "applicationName"),
        Position.WithoutEffect("fanoutConfig.maxDescribeStreamSummaryRetries", Number(0, int.MaxValue), "10",
            "The number of retries of DescribeStreamSummary.", Retried),
        Position.WithoutEffect("fanoutConfig.maxDescribeStreamConsumerRetries", Number(0, int.MaxValue), "10",
            "The number of retries of DescribeStreamConsumer.", Retried),
        Position.WithoutEffect("fanoutConfig.registerStreamConsumerRetries", Number(0, int.MaxValue), "10",
            "The number of retries of RegisterStreamConsumer.", Retried),
        Position.WithoutEffect("fanoutConfig.retryBackoffMillis", Number(0, long.MaxValue, "milliseconds"), "1000",
            "The pause between those retries.", Retried),
        Position.Applied("maxPrefetchedBatches", Number(1, 1000), static d => d.Consumer.MaxPrefetchedBatches,
            static (d, v) => d.Consumer.MaxPrefetchedBatches = (int)v,
            "The maximum number of batches fetched ahead of each child.") with
        {
            Compatibility = Differs,
            Explanation = SettingNotes.OwnSetting,
        },
        Position.Applied("prefetchByteBudget", Number(1, long.MaxValue, "bytes"), static d => d.Consumer.MaxPrefetchedBytes,
            static (d, v) => d.Consumer.MaxPrefetchedBytes = v,
            "The maximum number of bytes fetched ahead by all shards of this worker together.") with
        {
            Compatibility = Differs,
            Explanation = SettingNotes.OwnSetting,
        },
    ];
}
