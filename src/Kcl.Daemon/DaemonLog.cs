using Microsoft.Extensions.Logging;

namespace Kcl.Daemon;

/// <summary>
/// Log messages of the daemon itself. The ids 5000–5099 belong to Kcl.Daemon; an id or name, once shipped, is never reused.
/// </summary>
internal static partial class DaemonLog
{
    [LoggerMessage(
        5012,
        LogLevel.Information,
        "No Kinesis server answered, so the embedded server was started: {Endpoint}, with its records in {Directory}",
        EventName = "LocalServerStarted")]
    public static partial void LocalServerStarted(this ILogger logger, Uri endpoint, string directory);
}
