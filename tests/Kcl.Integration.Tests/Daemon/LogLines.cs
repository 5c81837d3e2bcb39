using Microsoft.Extensions.Logging;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>Collects log lines, and completes the tasks that wait for one.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Part, TaskCompletionSource Found)> _waiting = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public Task WaitForAsync(string part)
    {
        lock (_gate)
        {
            if (_lines.Exists(l => l.Contains(part, StringComparison.Ordinal)))
            {
                return Task.CompletedTask;
            }

            var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((part, found));
            return found.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var line = $"{logLevel} {formatter(state, exception)}";
        lock (_gate)
        {
            _lines.Add(line);
            foreach (var (_, found) in _waiting.Where(w => line.Contains(w.Part, StringComparison.Ordinal)).ToList())
            {
                found.TrySetResult();
            }
        }
    }
}
