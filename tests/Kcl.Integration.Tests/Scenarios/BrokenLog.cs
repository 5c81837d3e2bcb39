using Microsoft.Extensions.Logging;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>A host's log whose calls all throw or never return.</summary>
internal sealed class BrokenLog(bool blocks) : ILoggerFactory, ILogger
{
    private readonly object _gate = new();
    private bool _isReleased;

    /// <summary>Gets the number of calls.</summary>
    public int Calls { get; private set; }

    public ILogger CreateLogger(string categoryName)
    {
        Break();
        return this;
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => blocks ? true : throw new IOException("the log is broken");

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) => Break();

    /// <summary>Lets the blocked threads continue.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isReleased = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Break()
    {
        lock (_gate)
        {
            Calls++;
            while (blocks && !_isReleased)
            {
                Monitor.Wait(_gate);
            }
        }

        if (!blocks)
        {
            throw new IOException("the log is broken");
        }
    }
}
