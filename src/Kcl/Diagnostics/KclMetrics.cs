using System.Diagnostics.Metrics;

namespace Kcl.Diagnostics;

/// <summary>The meter and its instruments. An instrument without a listener costs one check.</summary>
internal static class KclMetrics
{
    public const string MeterName = "Kcl";
    public const string StreamTag = "kcl.stream";
    public const string ShardTag = "kcl.shard";

    public static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> Reads =
        Meter.CreateCounter<long>("kcl.reads", "{call}", "Reads of a shard that returned a response.");
    public static readonly Counter<long> EmptyReads =
        Meter.CreateCounter<long>("kcl.reads.empty", "{call}", "Reads that returned no records.");
    public static readonly Counter<long> ReadBytes = Meter.CreateCounter<long>("kcl.read.bytes", "By", "Bytes of the responses to reads.");
    public static readonly Counter<long> ReadFailures =
        Meter.CreateCounter<long>("kcl.reads.failed", "{call}", "Reads that failed, by kind of error.");
    public static readonly Counter<long> Subscriptions =
        Meter.CreateCounter<long>("kcl.subscriptions", "{subscription}", "Subscriptions to shards that were granted.");
    public static readonly Counter<long> Aggregates = Meter.CreateCounter<long>(
        "kcl.aggregates",
        "{record}",
        "KPL aggregates, by outcome: expanded, malformed (delivered unchanged), misplaced (left out, because their producer puts them "
        + "again).");
    public static readonly Counter<long> AggregatedRecords =
        Meter.CreateCounter<long>("kcl.aggregates.records", "{record}", "User records contained in KPL aggregates.");
    public static readonly Counter<long> Records =
        Meter.CreateCounter<long>("kcl.records.processed", "{record}", "Records passed to a processor that returned.");
    public static readonly Counter<long> Bytes =
        Meter.CreateCounter<long>("kcl.bytes.processed", "By", "Payload bytes of the records passed to a processor that returned.");
    public static readonly Gauge<long> Lag =
        Meter.CreateGauge<long>("kcl.lag", "ms", "How far the last batch passed to the processor is behind the tip of its shard.");
    public static readonly Counter<long> ProcessorFailures =
        Meter.CreateCounter<long>("kcl.processor.failures", "{call}", "Calls of a processor that threw, by method.");
    public static readonly Counter<long> ProcessorRestarts =
        Meter.CreateCounter<long>("kcl.processor.restarts", "{processor}", "Processors that were replaced.");
    public static readonly Counter<long> GivenUp =
        Meter.CreateCounter<long>("kcl.shards.given_up", "{shard}", "Shards released because they made no progress.");
    public static readonly Counter<long> RetrievalRestarts =
        Meter.CreateCounter<long>("kcl.retrieval.restarts", "{restart}", "Retrievals restarted because the service did not respond.");
    public static readonly Counter<long> Checkpoints = Meter.CreateCounter<long>("kcl.checkpoints", "{checkpoint}", "Checkpoints stored.");
    public static readonly Counter<long> CheckpointFailures =
        Meter.CreateCounter<long>("kcl.checkpoints.failed", "{checkpoint}", "Checkpoints that could not be stored.");

    public static readonly Histogram<double> ProcessDuration = Meter.CreateHistogram<double>(
        "kcl.batch.process.duration",
        "s",
        "Time a processor spent on one batch.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60] });

    public static readonly Histogram<double> CheckpointDuration = Meter.CreateHistogram<double>(
        "kcl.checkpoint.duration",
        "s",
        "Time it took to store a checkpoint.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] });
}
