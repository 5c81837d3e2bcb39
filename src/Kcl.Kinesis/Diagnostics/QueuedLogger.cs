using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>One category of a host's log behind the queue.</summary>
/// <param name="queue">The queue.</param>
/// <param name="category">The category.</param>
internal sealed class QueuedLogger(LogQueue<LogEntry> queue, string category) : ILogger
{
    private ILogger? _inner;

    /// <summary>
    /// Returns no scope: the entries of the product belong to none, and a scope of the web server would be read after its request is over.
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
            // Until the queue's thread has made the host's logger, the host decides when it is handed the entry.
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
        if (IsEnabled(logLevel) && !queue.Refuses(logLevel))
        {
            var entry = LogEntry.Create(this, logLevel, eventId, state, exception, formatter);
            queue.Add(entry, logLevel, entry.Size);
        }
    }

    /// <summary>Gets the host's logger; called by the queue's thread only.</summary>
    /// <param name="host">Makes it.</param>
    public ILogger InnerFrom(ILoggerFactory host)
    {
        if (_inner is null)
        {
            Volatile.Write(ref _inner, host.CreateLogger(category));
        }

        return _inner;
    }
}
