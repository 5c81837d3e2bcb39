using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>Formats a log entry as text: <c>2026-01-31 12:00:00.123Z info  Kcl.Leasing.LeaseTaker: message</c>.</summary>
internal static class LogLine
{
    public static string Format(DateTimeOffset at, LogLevel level, string category, string message, Exception? exception, bool withStack)
    {
        var line = new StringBuilder(80 + category.Length + message.Length);
        line.Append(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}Z {Name(level)} {category}: ");
        AppendOneLine(line, message);
        if (exception is not null)
        {
            if (withStack)
            {
                line.Append("\n    ");
                AppendOneLine(line, exception.ToString());
            }
            else
            {
                AppendCauses(line, message, exception);
            }
        }

        return line.Append('\n').ToString();
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    // A cause that the message already contains is not repeated.
    private static void AppendCauses(StringBuilder line, string message, Exception exception)
    {
        var previous = message;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (previous.Contains(cause.Message, StringComparison.Ordinal))
            {
                continue;
            }

            line.Append(" | ");
            if (cause is not KclException)
            {
                line.Append(cause.GetType().Name).Append(": ");
            }

            AppendOneLine(line, cause.Message);
            previous = cause.Message;
        }
    }

    // Text from other programs, such as a child or a service, must not start lines that look like log entries.
    private static void AppendOneLine(StringBuilder line, string text)
    {
        foreach (var character in text.AsSpan().TrimEnd())
        {
            if (character == '\n')
            {
                line.Append("\n    ");
            }
            else if (!char.IsControl(character) || character == '\t')
            {
                line.Append(character);
            }
        }
    }
}
