using Microsoft.Extensions.Logging;

namespace Kcl.Consuming;

/// <summary>The log messages of consuming: event ids from 1400 to 1499. An id or a name, once shipped, is never reused.</summary>
internal static partial class ConsumingLog
{
    public const string Category = "Kcl.Consuming";

    [LoggerMessage(1400, LogLevel.Information, "Shard {ShardId}: processing from {Position}", EventName = "ProcessingStarted")]
    public static partial void ProcessingStarted(this ILogger logger, ShardId shardId, string position);

    [LoggerMessage(
        1401, LogLevel.Information, "Shard {ShardId}: consuming ended ({Outcome}) at checkpoint {Checkpoint}", EventName = "ConsumerEnded")]
    public static partial void ConsumerEnded(
        this ILogger logger, ShardId shardId, ShardConsumerOutcome outcome, ExtendedSequenceNumber checkpoint);

    [LoggerMessage(
        1404,
        LogLevel.Warning,
        "Shard {ShardId}: {Failures} failure(s) in a row without progress, the last one while {Doing}; next attempt in {Pause}",
        EventName = "ConsumerFailed")]
    public static partial void ConsumerFailed(this ILogger logger, ShardId shardId, int failures, string doing, TimeSpan pause);

    [LoggerMessage(
        1405,
        LogLevel.Error,
        "Shard {ShardId}: given up after {Failures} failures in a row without progress. Its lease is released so that another worker "
        + "can try; nothing after checkpoint {Checkpoint} is skipped",
        EventName = "ConsumerGaveUp")]
    public static partial void ConsumerGaveUp(this ILogger logger, ShardId shardId, int failures, ExtendedSequenceNumber checkpoint);

    [LoggerMessage(
        1406,
        LogLevel.Warning,
        "Shard {ShardId}: the processor is replaced; the shard resumes at its checkpoint {Checkpoint}",
        EventName = "ProcessorReplaced")]
    public static partial void ProcessorReplaced(this ILogger logger, ShardId shardId, ExtendedSequenceNumber checkpoint);

    [LoggerMessage(1407, LogLevel.Warning, "Shard {ShardId}: failed while {Doing}", EventName = "CoordinationFailed")]
    public static partial void CoordinationFailed(this ILogger logger, Exception exception, ShardId shardId, string doing);

    [LoggerMessage(
        1408,
        LogLevel.Critical,
        "Shard {ShardId}: its consumer failed unexpectedly. This is a defect of the library; the lease is released",
        EventName = "ConsumerBroke")]
    public static partial void ConsumerBroke(this ILogger logger, Exception exception, ShardId shardId);

    [LoggerMessage(
        1409,
        LogLevel.Warning,
        "Shard {ShardId}: the service has not responded to a read for {Age}; reading is restarted after the last delivered record",
        EventName = "RetrievalRestarted")]
    public static partial void RetrievalRestarted(this ILogger logger, ShardId shardId, TimeSpan age);

    [LoggerMessage(
        1410,
        LogLevel.Error,
        "Shard {ShardId}: the service has not responded to a read for {Age}. Its lease is released so that another worker can try; "
        + "nothing after checkpoint {Checkpoint} is skipped",
        EventName = "RetrievalGaveUp")]
    public static partial void RetrievalGaveUp(this ILogger logger, ShardId shardId, TimeSpan age, ExtendedSequenceNumber checkpoint);
}
