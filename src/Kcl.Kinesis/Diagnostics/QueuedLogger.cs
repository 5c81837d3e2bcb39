using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>A logger of one category that passes its entries to the host's logger through a queue.</summary>
/// <param name="queue">The queue.</param>
/// <param name="category">The category.</param>
internal sealed class QueuedLogger(LogQueue<LogEntry> queue, string category) : ILogger
{
    private ILogger? _inner;

    /// <summary>
    /// Returns null, because scopes are not supported: the product uses none, and a scope of the web server would be read after its
    /// request has ended.
    /// </summary>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel)
    {
        if (logLevel == LogLevel.None)
        {
            return false;
        }

        try
        {
            // Until the thread of the queue has created the logger of the host, the level is checked only when the entry is passed on.
            return Volatile.Read(ref _inner)?.IsEnabled(logLevel) ?? true;
        }
#pragma warning disable CA1031 // One provider's failure must neither reach the caller nor keep the entry from the other providers.
        catch (Exception)
#pragma warning restore CA1031
        {
            return true;
        }
    }

    /// <inheritdoc />
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel) && !queue.RejectIfFull(logLevel))
        {
            var entry = LogEntry.Create(this, logLevel, eventId, state, exception, formatter);
            queue.Add(entry, logLevel, entry.Size);
        }
    }

    /// <summary>Returns the host's logger. Only the queue's thread calls this method.</summary>
    /// <param name="host">Creates the logger.</param>
    public ILogger GetInner(ILoggerFactory host)
    {
        if (_inner is null)
        {
            Volatile.Write(ref _inner, host.CreateLogger(category));
        }

        return _inner;
    }
}
