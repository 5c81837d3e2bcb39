using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>The text of one log entry: <c>2026-01-31 12:00:00.123Z info  Kcl.Leasing.LeaseTaker: message</c>.</summary>
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

    // Messages often quote their cause already; saying it twice helps nobody.
    private static void AppendCauses(StringBuilder line, string message, Exception exception)
    {
        var said = message;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (said.Contains(cause.Message, StringComparison.Ordinal))
            {
                continue;
            }

            line.Append(" | ");
            if (cause is not KclException)
            {
                line.Append(cause.GetType().Name).Append(": ");
            }

            AppendOneLine(line, cause.Message);
            said = cause.Message;
        }
    }

    // Text of others (a child's words, a service's message) must not start lines that look like ours.
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
