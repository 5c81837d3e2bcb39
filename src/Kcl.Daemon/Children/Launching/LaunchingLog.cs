using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children.Launching;

/// <summary>
/// Log messages about starting children. The ids 5000–5099 belong to Kcl.Daemon; an id or name, once shipped, is never reused.
/// </summary>
internal static partial class LaunchingLog
{
    [LoggerMessage(
        5000,
        LogLevel.Debug,
        "There is no /bin/sh: if the daemon is killed without warning, children that ignore the end of their stdin keep running",
        EventName = "NoOrphanGuard")]
    public static partial void NoOrphanGuard(this ILogger logger);
}
