using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>Writes logs as readable lines, one write each, so that lines of several processes on one terminal do not mix.</summary>
/// <param name="output">Where lines go: standard error, or a test's writer.</param>
/// <param name="time">The clock that dates them.</param>
/// <param name="levels">What is logged.</param>
/// <param name="verbose">Whether exceptions are written with their stack.</param>
/// <param name="json">Whether lines are JSON.</param>
internal sealed class StderrLoggerFactory(TextWriter output, TimeProvider time, LogLevels levels, bool verbose, bool json = false) : ILoggerFactory
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName, levels.For(categoryName));

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("kcl logs to standard error only.");

    public void Dispose()
    {
    }

    private void Write(string category, LogLevel level, EventId eventId, string message, Exception? exception, object? state)
    {
        var line = json
            ? JsonLogLine.Format(time.GetUtcNow(), level, category, eventId, message, exception, state as IReadOnlyList<KeyValuePair<string, object?>>)
            : LogLine.Format(time.GetUtcNow(), level, category, message, exception, verbose);
        lock (_lock)
        {
            output.Write(line);
            output.Flush();
        }
    }

    private sealed class Logger(StderrLoggerFactory factory, string category, LogLevel minimum) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                factory.Write(category, logLevel, eventId, formatter(state, exception), exception, state);
            }
        }
    }
}
