using Kcl.Kinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval;

/// <summary>The log messages of retrieval: event ids from 1300 to 1399. An id or a name, once shipped, is never reused.</summary>
internal static partial class RetrievalLog
{
    [LoggerMessage(
        1300,
        LogLevel.Warning,
        "Reading shard {ShardId} failed {Failures} time(s) in a row; next attempt in {Pause}. This is logged once a minute while it "
        + "continues",
        EventName = "ReadFailed")]
    public static partial void ReadFailed(this ILogger logger, Exception exception, ShardId shardId, int failures, TimeSpan pause);

    [LoggerMessage(
        1301,
        LogLevel.Debug,
        "Reading shard {ShardId} was throttled {Failures} time(s) in a row; next attempt in {Pause}",
        EventName = "ReadThrottled")]
    public static partial void ReadThrottled(this ILogger logger, ShardId shardId, int failures, TimeSpan pause);

    [LoggerMessage(
        1302,
        LogLevel.Warning,
        "A response for shard {ShardId} contradicts itself or the shard list (end of shard: {EndOfShard}, child shards: {Children}). It is "
        + "discarded and read again; the shard is not treated as ended",
        EventName = "ReadAnswerContradictory")]
    public static partial void ReadAnswerContradictory(this ILogger logger, ShardId shardId, bool endOfShard, int children);

    [LoggerMessage(
        1303,
        LogLevel.Warning,
        "Shard {ShardId} was not found, and the shard list confirms it (listed: {Listed}, child shards: {Children}). It is treated as "
        + "ended",
        EventName = "ShardGone")]
    public static partial void ShardGone(this ILogger logger, ShardId shardId, bool listed, int children);

    [LoggerMessage(
        1304,
        LogLevel.Warning,
        "The lease of shard {ShardId} starts at a timestamp, but no timestamp is configured any more. It starts at the oldest record",
        EventName = "TimestampMissing")]
    public static partial void TimestampMissing(this ILogger logger, ShardId shardId);

    [LoggerMessage(
        1305,
        LogLevel.Warning,
        "Shard {ShardId} cannot be read from {Number}, which lies before its first record. It is read from its oldest record, because none "
        + "of its records was processed before",
        EventName = "PositionBeforeShard")]
    public static partial void PositionBeforeShard(this ILogger logger, ShardId shardId, SequenceNumber number);

    [LoggerMessage(1310, LogLevel.Information, "Subscribing as consumer {Consumer} ({Arn})", EventName = "FanOutConsumerReady")]
    public static partial void FanOutConsumerReady(this ILogger logger, string consumer, string arn);

    [LoggerMessage(
        1311,
        LogLevel.Warning,
        "Enhanced fan-out of stream {Stream} is not possible; the stream is polled instead, as configured",
        EventName = "FanOutNotPossible")]
    public static partial void FanOutNotPossible(this ILogger logger, Exception? exception, string stream);

    [LoggerMessage(
        1312,
        LogLevel.Warning,
        "The subscription to shard {ShardId} failed {Failures} time(s) in a row; next attempt in {Pause}. This is logged "
        + "once a minute while it continues",
        EventName = "SubscriptionFailed")]
    public static partial void SubscriptionFailed(this ILogger logger, Exception exception, ShardId shardId, int failures, TimeSpan pause);

    [LoggerMessage(
        1313,
        LogLevel.Debug,
        "The subscription to shard {ShardId} must wait ({Code}); next attempt in {Pause}",
        EventName = "SubscriptionHasToWait")]
    public static partial void SubscriptionHasToWait(this ILogger logger, ShardId shardId, KinesisErrorCode code, TimeSpan pause);

    [LoggerMessage(
        1314,
        LogLevel.Warning,
        "The subscription to shard {ShardId} received nothing for {Silence}, {Times} times in a row; it is opened again",
        EventName = "SubscriptionSilent")]
    public static partial void SubscriptionSilent(this ILogger logger, ShardId shardId, TimeSpan silence, int times);

    [LoggerMessage(
        1320,
        LogLevel.Warning,
        "{Count} aggregate(s) in shard {ShardId} of stream {Stream} were left out, the first with sequence number {SequenceNumber}: "
        + "each contains a record whose hash key belongs to another shard. The Kinesis Producer Library puts the records of such an "
        + "aggregate again; such aggregates can occur after a resharding. If the producer is another one, or if this continues, these "
        + "records are lost: change the producer so that an aggregate contains only records of one shard, or so that it puts records "
        + "without aggregation. This is logged once a minute",
        EventName = "AggregatesLeftOut")]
    public static partial void AggregatesLeftOut(
        this ILogger logger, int count, ShardId shardId, string stream, SequenceNumber sequenceNumber);

    [LoggerMessage(
        1321,
        LogLevel.Warning,
        "Stream {Stream} could not be described, so it is not known whether it distributes records by their keys. Aggregates that hold "
        + "records of another shard are delivered in the meantime, possibly twice. This is logged once a minute while it continues",
        EventName = "DistributionUnknown")]
    public static partial void DistributionUnknown(this ILogger logger, Exception exception, string stream);

    [LoggerMessage(
        1322,
        LogLevel.Warning,
        "An aggregate in shard {ShardId} of stream {Stream}, at or after sequence number {SequenceNumber}, has an explicit hash key that "
        + "is not a number. The partition key decides instead whether its records belong to the shard. Some producers write 'undefined' "
        + "for a missing hash key: update them. This is logged once per shard",
        EventName = "ExplicitHashKeyUnusable")]
    public static partial void ExplicitHashKeyUnusable(
        this ILogger logger, ShardId shardId, string stream, SequenceNumber sequenceNumber);
}
