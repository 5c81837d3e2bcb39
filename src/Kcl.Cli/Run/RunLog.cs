using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Run;

internal static partial class RunLog
{
    [LoggerMessage(7000, LogLevel.Warning,
        "{File}: only the levels of loggers are taken, and logs go to standard error; without effect: {Ignored}",
        EventName = "OnlyLevelsTaken")]
    public static partial void OnlyLevelsTaken(ILogger logger, string file, string ignored);

    [LoggerMessage(7001, LogLevel.Warning, "Two properties files were given; {Ignored} is ignored and {Used} used",
        EventName = "FileIgnored")]
    public static partial void FileIgnored(ILogger logger, string ignored, string used);

    [LoggerMessage(7002, LogLevel.Warning, "{Warning}", EventName = "ConfigurationWarning")]
    public static partial void ConfigurationWarning(ILogger logger, string warning);
}
