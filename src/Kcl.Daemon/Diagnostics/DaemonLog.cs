using Kcl.Daemon.Children;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon;

/// <summary>The daemon's log messages: 5000–5099. A number or a name, once shipped, is never reused.</summary>
internal static partial class DaemonLog
{
    [LoggerMessage(5000, LogLevel.Debug, "There is no /bin/sh: children that ignore the end of their stdin would outlive a daemon that is killed without warning", EventName = "NoOrphanGuard")]
    public static partial void NoOrphanGuard(this ILogger logger);

    [LoggerMessage(5001, LogLevel.Information, "[{ShardId}] {Line}{Cut}", EventName = "ChildSays")]
    public static partial void ChildSays(this ILogger logger, ShardId shardId, string line, string cut);

    [LoggerMessage(5002, LogLevel.Information, "[{ShardId}] printed on stdout, which is for the protocol: {Line} ({Length} bytes)", EventName = "ChildNoise")]
    public static partial void Noise(this ILogger logger, ShardId shardId, string line, int length);

    [LoggerMessage(5003, LogLevel.Warning, "[{ShardId}] {Count} more lines on its stdout that are no messages were not logged", EventName = "ChildNoiseSuppressed")]
    public static partial void NoiseSuppressed(this ILogger logger, ShardId shardId, int count);

    [LoggerMessage(5004, LogLevel.Debug, "[{ShardId}] sent '{Action}', which only the daemon sends; it is ignored", EventName = "UnexpectedMessage")]
    public static partial void UnexpectedMessage(this ILogger logger, ShardId shardId, string? action);

    [LoggerMessage(5005, LogLevel.Warning, "[{ShardId}] sent a status for '{ResponseFor}' although nothing was left to answer; it is ignored", EventName = "StaleStatus")]
    public static partial void StaleStatus(this ILogger logger, ShardId shardId, string? responseFor);

    [LoggerMessage(5006, LogLevel.Warning, "[{ShardId}] asked for a checkpoint at {SequenceNumber}/{SubSequenceNumber} and was answered {Error}: {Reason}", EventName = "ChildCheckpointRefused")]
    public static partial void CheckpointRefused(this ILogger logger, ShardId shardId, string? sequenceNumber, long? subSequenceNumber, string error, string reason);

    [LoggerMessage(5007, LogLevel.Warning, "[{ShardId}] process {ProcessId} did not end in time (itself ended: {HasEnded}); TERM goes to its group", EventName = "TerminatingChild")]
    public static partial void TerminatingChild(this ILogger logger, ShardId shardId, int processId, bool hasEnded);

    [LoggerMessage(5008, LogLevel.Warning, "[{ShardId}] process {ProcessId} did not end in time after TERM; KILL goes to its group", EventName = "KillingChild")]
    public static partial void KillingChild(this ILogger logger, ShardId shardId, int processId);

    [LoggerMessage(EventId = 5009, Message = "[{ShardId}] process {ProcessId} ended with {Exit}", EventName = "ChildEnded")]
    public static partial void ChildEnded(this ILogger logger, LogLevel level, ShardId shardId, int processId, ChildExit exit);

    [LoggerMessage(5010, LogLevel.Debug, "[{ShardId}] its stderr cannot be read any more", EventName = "StandardErrorLost")]
    public static partial void StandardErrorLost(this ILogger logger, Exception exception, ShardId shardId);

    [LoggerMessage(5011, LogLevel.Debug, "[{ShardId}] process {ProcessId} started: {Program}", EventName = "ChildStarted")]
    public static partial void ChildStarted(this ILogger logger, ShardId shardId, int processId, string program);


    [LoggerMessage(5012, LogLevel.Information, "No Kinesis server answered, so one was started here: {Endpoint}, its records are kept in {Directory}", EventName = "LocalServerStarted")]
    public static partial void LocalServerStarted(this ILogger logger, Uri endpoint, string directory);
}
