using Kcl.Daemon.Children.Launching;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children.Relay;

/// <summary>
/// Log messages about the output and the end of children. The ids 5000–5099 belong to Kcl.Daemon; an id or name, once shipped, is never
/// reused.
/// </summary>
internal static partial class ChildLog
{
    [LoggerMessage(5001, LogLevel.Information, "[{ShardId}] {Line}", EventName = "ChildSays")]
    public static partial void ChildSays(this ILogger logger, ShardId shardId, string line);

    [LoggerMessage(5002, LogLevel.Information, "[{ShardId}] printed on stdout, which is for the protocol: {Line} ({Length} bytes)",
        EventName = "ChildNoise")]
    public static partial void Noise(this ILogger logger, ShardId shardId, string line, int length);

    [LoggerMessage(
        5003,
        LogLevel.Warning,
        "[{ShardId}] {Lines} more lines ({Bytes} bytes) on its stdout that are not messages were not logged",
        EventName = "ChildNoiseSuppressed")]
    public static partial void NoiseSuppressed(this ILogger logger, ShardId shardId, long lines, long bytes);

    [LoggerMessage(5004, LogLevel.Debug, "[{ShardId}] sent '{Action}', which only the daemon may send; it is ignored",
        EventName = "UnexpectedMessage")]
    public static partial void UnexpectedMessage(this ILogger logger, ShardId shardId, string? action);

    [LoggerMessage(5005, LogLevel.Warning, "[{ShardId}] sent a status for '{ResponseFor}' that no action was waiting for; it is ignored",
        EventName = "StaleStatus")]
    public static partial void StaleStatus(this ILogger logger, ShardId shardId, string? responseFor);

    [LoggerMessage(
        EventId = 5006,
        Message = "[{ShardId}] requested a checkpoint at {SequenceNumber}/{SubSequenceNumber}; it was refused with {Error}: {Reason}",
        EventName = "ChildCheckpointRefused")]
    public static partial void CheckpointRefused(
        this ILogger logger, LogLevel level, ShardId shardId, string? sequenceNumber, long? subSequenceNumber, string error, string reason);

    [LoggerMessage(
        5007,
        LogLevel.Warning,
        "[{ShardId}] {Reason}; TERM is sent to the process group of {ProcessId}",
        EventName = "TerminatingChild")]
    public static partial void TerminatingChild(this ILogger logger, ShardId shardId, int processId, string reason);

    [LoggerMessage(5008, LogLevel.Warning,
        "[{ShardId}] process {ProcessId} did not end in time after TERM; KILL is sent to its process group", EventName = "KillingChild")]
    public static partial void KillingChild(this ILogger logger, ShardId shardId, int processId);

    [LoggerMessage(EventId = 5009, Message = "[{ShardId}] process {ProcessId} ended with {Exit}", EventName = "ChildEnded")]
    public static partial void ChildEnded(this ILogger logger, LogLevel level, ShardId shardId, int processId, ChildExit exit);

    [LoggerMessage(5010, LogLevel.Debug, "[{ShardId}] its stderr can no longer be read", EventName = "StandardErrorLost")]
    public static partial void StandardErrorLost(this ILogger logger, Exception exception, ShardId shardId);

    [LoggerMessage(5011, LogLevel.Debug, "[{ShardId}] process {ProcessId} started: {Program}", EventName = "ChildStarted")]
    public static partial void ChildStarted(this ILogger logger, ShardId shardId, int processId, string program);

    [LoggerMessage(
        5020,
        LogLevel.Warning,
        "[{ShardId}] {Lines} more lines ({Bytes} bytes) on its stderr were not logged: it printed too much within a second",
        EventName = "ChildErrorsSuppressed")]
    public static partial void ErrorsSuppressed(this ILogger logger, ShardId shardId, long lines, long bytes);

    [LoggerMessage(
        5021,
        LogLevel.Warning,
        "[{ShardId}] a line on its stdout was accepted as a message although {Reason}: {Line}. "
            + "Stdout is for the protocol: print everything else to stderr. (Logged once per child.)",
        EventName = "ChildMessageDoubtful")]
    public static partial void DoubtfulMessage(this ILogger logger, ShardId shardId, string reason, string line);

    [LoggerMessage(
        5022,
        LogLevel.Warning,
        "[{ShardId}] a line on its stdout looks like a message but was not accepted as one, because {Reason}: {Line}. "
            + "If it was a message, the child waits for a reply that it will not receive. "
            + "Stdout is for the protocol: print everything else to stderr. (Logged once per child and reason.)",
        EventName = "ChildMessageRefused")]
    public static partial void MessageRefused(this ILogger logger, ShardId shardId, string reason, string line);

    [LoggerMessage(
        5025,
        LogLevel.Warning,
        "[{ShardId}] the child has sent nothing for {Silence}. The last line on its stdout looked like a message but was not "
            + "accepted: {Line}. If the child waits for a reply, the shard makes no progress until the child ends; timeoutInSeconds limits "
            + "that. (Logged every minute.)",
        EventName = "ChildSilentAfterRefusal")]
    public static partial void SilentAfterRefusal(this ILogger logger, ShardId shardId, TimeSpan silence, string line);

    [LoggerMessage(
        5023,
        LogLevel.Warning,
        "[{ShardId}] process {ProcessId} ended with {Exit}, but a process that it started holds its output open; "
            + "the child is replaced, and its process group is ended",
        EventName = "ChildOutlived")]
    public static partial void ChildOutlived(this ILogger logger, ShardId shardId, int processId, ChildExit exit);

    [LoggerMessage(
        5024,
        LogLevel.Error,
        "[{ShardId}] the output of process {ProcessId} can no longer be read; the child is replaced",
        EventName = "ChildOutputFailed")]
    public static partial void OutputFailed(this ILogger logger, Exception exception, ShardId shardId, int processId);
}
