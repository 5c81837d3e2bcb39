using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Run;

/// <summary>Logs the events of <c>kcl run</c>.</summary>
internal static partial class RunLog
{
    [LoggerMessage(7000, LogLevel.Warning,
        "{File}: only the levels of loggers are used, and logs are written to standard error. Elements without effect: {Ignored}",
        EventName = "OnlyLevelsTaken")]
    public static partial void OnlyLevelsTaken(ILogger logger, string file, string ignored);

    [LoggerMessage(7001, LogLevel.Warning, "Two properties files were specified; {Used} is used and {Ignored} is ignored",
        EventName = "FileIgnored")]
    public static partial void FileIgnored(ILogger logger, string ignored, string used);

    [LoggerMessage(7002, LogLevel.Warning, "{Warning}", EventName = "ConfigurationWarning")]
    public static partial void ConfigurationWarning(ILogger logger, string warning);
}
