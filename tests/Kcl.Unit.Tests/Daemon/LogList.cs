using Microsoft.Extensions.Logging;

namespace Kcl.Unit.Tests.Daemon;

/// <summary>Records the level and text of each log entry.</summary>
internal sealed class LogList : ILogger
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

    /// <summary>Gets or sets the exception that every call throws; null for none.</summary>
    public Exception? Failure { get; set; }

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
            return found.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        var line = $"{logLevel} {formatter(state, exception)}";
        lock (_gate)
        {
            _lines.Add(line);
            _waiting.FindAll(w => line.Contains(w.Part, StringComparison.Ordinal)).ForEach(w => w.Found.TrySetResult());
        }
    }
}
