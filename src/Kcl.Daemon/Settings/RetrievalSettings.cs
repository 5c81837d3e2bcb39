using Kcl.Kinesis;
using static Kcl.Daemon.Settings.SettingTypes;

namespace Kcl.Daemon.Settings;

/// <summary>Where reading starts, and how records are fetched.</summary>
internal static class RetrievalSettings
{
    private const string ZeroIsDefault = "0, which Java takes for its default, is refused: leave the line out";
    private const string Retried = "what may pass is tried with growing pauses until it succeeds";
    private static readonly SettingGroup Position = new("Position and retrieval");
    private static readonly SettingGroup Polling = new("Position and retrieval", "pollingConfig");

    /// <summary>The keys that, where any of them is set, make DEFAULT mean polling (multilang/config/RetrievalMode, PollingConfigBean).</summary>
    public static IReadOnlySet<string> SelectPolling { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "maxRecords", "idleTimeBetweenReadsInMillis", "millisBehindLatestThresholdForReducedTps", "retryGetRecordsInSeconds", "maxGetRecordsThreadPool",
    };

    public static IEnumerable<Setting> All =>
    [
        Position.Better("initialPositionInStream", Choice("LATEST", "TRIM_HORIZON"), "LATEST", "Where a shard without a lease starts.", "set together with initialPositionInStreamExtended it is refused: which one Java takes is undefined",
            static (d, v) => d.InitialPosition = v),
        Position.Better("initialPositionInStreamExtended", Instant, "none", "The instant from which shards without a lease start (AT_TIMESTAMP).", "dates are understood as well as Java's epoch seconds", static (d, v) => d.InitialTimestamp = v),
        Position.Better("retrievalMode", Choice("DEFAULT", "POLLING", "FANOUT"), "DEFAULT", "How records are fetched. DEFAULT is fan-out, unless a polling key is set, or with --local: then polling.",
            "where the service refuses fan-out, DEFAULT polls instead, and says so once", static (d, v) => d.RetrievalMode = v),
        Polling.Better("maxRecords", Number(1, 10_000), "10000", "The most records of one read.", ZeroIsDefault, static (d, v) => d.Consumer.MaxRecords = (int)v),
        Polling.Better("idleTimeBetweenReadsInMillis", Number(0, int.MaxValue, "milliseconds"), "1000 (Java: 1500)", "The longest pause between two reads of a shard that has nothing new; less than 200 is taken as 200.",
            "a shard that has more is read on at once, as fast as the service allows; while there is nothing new the pause adapts", static (d, v) => d.Consumer.IdleTimeBetweenReads = TimeSpan.FromMilliseconds(Math.Max(200, v))),
        Polling.WithoutEffect("millisBehindLatestThresholdForReducedTps", Number(0, long.MaxValue, "milliseconds"), "0", "Slows reading down when nearly caught up.", "the pause adapts by itself"),
        Polling.WithoutEffect("retryGetRecordsInSeconds", Number(0, int.MaxValue, "seconds"), "none", "Unused in Java.", "unused in Java too, where it merely switches to polling"),
        Polling.WithoutEffect("maxGetRecordsThreadPool", Number(0, int.MaxValue), "none", "Unused in Java.", "unused in Java too, where it merely switches to polling"),
        Position.Same("fanoutConfig.consumerArn", new SettingType<ConsumerArn>("the ARN of a fan-out consumer: arn:aws:kinesis:<region>:<account>:stream/<name>/consumer/<name>:<number>", static text => ConsumerArn.TryParse(text, out var arn) ? new(arn) : null), "none",
            "An existing fan-out consumer, which is then never registered.", static (d, v) => d.Consumer.Stream.FanOutConsumerArn = v),
        Position.Same("fanoutConfig.consumerName", Text, "applicationName", "The fan-out consumer to register.", static (d, v) => d.Consumer.FanOutConsumerName = v),
        Position.WithoutEffect("fanoutConfig.maxDescribeStreamSummaryRetries", Number(0, int.MaxValue), "10", "Retries of a call.", Retried),
        Position.WithoutEffect("fanoutConfig.maxDescribeStreamConsumerRetries", Number(0, int.MaxValue), "10", "Retries of a call.", Retried),
        Position.WithoutEffect("fanoutConfig.registerStreamConsumerRetries", Number(0, int.MaxValue), "10", "Retries of a call.", Retried),
        Position.WithoutEffect("fanoutConfig.retryBackoffMillis", Number(0, long.MaxValue, "milliseconds"), "1000", "The pause between those retries.", Retried),
        Position.Ours("maxPrefetchedBatches", Number(1, 1000), "4", "The most batches fetched ahead of each child.", static (d, v) => d.Consumer.MaxPrefetchedBatches = (int)v),
        Position.Ours("prefetchByteBudget", Number(1, long.MaxValue, "bytes"), "67108864", "The bytes all shards of this worker together may have fetched ahead.", static (d, v) => d.Consumer.MaxPrefetchedBytes = v),
    ];
}
