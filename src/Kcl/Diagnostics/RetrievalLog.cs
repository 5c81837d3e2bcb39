using Microsoft.Extensions.Logging;

namespace Kcl.Diagnostics;

/// <summary>Retrieval: events 1300–1399. A number or a name, once shipped, is never reused.</summary>
internal static partial class RetrievalLog
{
    [LoggerMessage(1300, LogLevel.Warning, "Reading shard {ShardId} failed {Failures} time(s) in a row; next try in {Pause}. This is repeated once a minute while it lasts", EventName = "ReadFailed")]
    public static partial void ReadFailed(this ILogger logger, Exception exception, ShardId shardId, int failures, TimeSpan pause);

    [LoggerMessage(1301, LogLevel.Debug, "Reading shard {ShardId} was throttled {Failures} time(s) in a row; next try in {Pause}", EventName = "ReadThrottled")]
    public static partial void ReadThrottled(this ILogger logger, ShardId shardId, int failures, TimeSpan pause);

    [LoggerMessage(1302, LogLevel.Warning, "An answer for shard {ShardId} cannot be right (end of shard: {EndOfShard}, children named: {Children}) and is asked for again. The shard is not taken as ended", EventName = "ReadAnswerContradictory")]
    public static partial void ReadAnswerContradictory(this ILogger logger, ShardId shardId, bool endOfShard, int children);

    [LoggerMessage(1303, LogLevel.Warning, "Shard {ShardId} was not found; the shard list confirms it (listed: {Listed}, children: {Children}), so it is taken as ended", EventName = "ShardGone")]
    public static partial void ShardGone(this ILogger logger, ShardId shardId, bool listed, int children);

    [LoggerMessage(1304, LogLevel.Warning, "The lease of shard {ShardId} starts at a timestamp, but none is configured any more: it starts at the oldest record", EventName = "TimestampMissing")]
    public static partial void TimestampMissing(this ILogger logger, ShardId shardId);
}
