using Kcl.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>
/// Writes logs as lines of text or JSON. A line is formatted by the caller, and written by the thread of the <see cref="LineWriter"/>.
/// </summary>
internal sealed class StderrLoggerFactory : INonBlockingLoggerFactory
{
    private readonly LineWriter _output;
    private readonly TimeProvider _time;
    private readonly LogLevels _levels;
    private readonly bool _verbose;
    private readonly bool _json;

    /// <summary>Creates a factory.</summary>
    /// <param name="output">Writes the lines to standard error or to a file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="levels">The minimum levels.</param>
    /// <param name="verbose">Whether exceptions are written with their stack traces.</param>
    /// <param name="json">Whether lines are written as JSON.</param>
    public StderrLoggerFactory(LineWriter output, TimeProvider time, LogLevels levels, bool verbose, bool json = false)
    {
        _output = output;
        _time = time;
        _levels = levels;
        _verbose = verbose;
        _json = json;
        output.DescribeLost = DescribeLost;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName, _levels.GetLevel(categoryName));

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("kcl logs to standard error only.");

    /// <summary>Waits until all lines are written, for at most one second.</summary>
    public void Dispose() => _output.Flush();

    private string DescribeLost(LostLogEntries lost)
    {
        var line = new LostLine(this);
        LogQueueLog.EntriesLost(line, lost.Count, lost.Since, lost.Information, lost.Warnings, lost.Errors, lost.Reason);
        return line.Text;
    }

    private string Format<TState>(
        string category,
        LogLevel level,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        try
        {
            var message = formatter(state, exception);
            return _json
                ? JsonLogLine.Format(_time.GetUtcNow(), level, category, eventId, message, exception,
                    state as IReadOnlyList<KeyValuePair<string, object?>>)
                : LogLine.Format(_time.GetUtcNow(), level, category, message, exception, _verbose);
        }
#pragma warning disable CA1031 // If the text of a value or an exception cannot be created, the caller must not fail.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var message = $"An entry could not be formatted: {failure.GetType().Name}";
            return _json
                ? JsonLogLine.Format(_time.GetUtcNow(), level, category, eventId, message, exception: null, state: null)
                : LogLine.Format(_time.GetUtcNow(), level, category, message, exception: null, withStack: false);
        }
    }

    private sealed class Logger(StderrLoggerFactory factory, string category, LogLevel minimum) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && !factory._output.Refuses(logLevel))
            {
                factory._output.Add(logLevel, factory.Format(category, logLevel, eventId, state, exception, formatter));
            }
        }
    }

    /// <summary>Formats the entry that reports lost entries. That entry is not queued.</summary>
    private sealed class LostLine(StderrLoggerFactory factory) : ILogger
    {
        public string Text { get; private set; } = "";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Text = factory.Format("Kcl.Logging", logLevel, eventId, state, exception, formatter);
    }
}
