using Kcl.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Simulation;

/// <summary>Adds the workers' log lines to the timeline.</summary>
internal sealed class TimelineLoggers(Timeline timeline, string worker) : INonBlockingLoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            var failure = exception is null ? "" : $" [{exception.GetType().Name}: {exception.Message}]";
            timeline.Add($"  {worker}: {formatter(state, exception)}{failure}");
        }
    }

    public void Dispose()
    {
    }
}
