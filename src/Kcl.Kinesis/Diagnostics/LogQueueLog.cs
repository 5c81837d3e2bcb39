using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>Log messages about the log itself.</summary>
internal static partial class LogQueueLog
{
    [LoggerMessage(
        2090,
        LogLevel.Warning,
        "Log entries are missing here since {Since:O}: {Count} ({Information} information, {Warnings} warning, {Errors} error), {Reason}",
        EventName = "LogEntriesLost")]
    public static partial void EntriesLost(
        ILogger logger, long count, DateTimeOffset since, long information, long warnings, long errors, string reason);
}
