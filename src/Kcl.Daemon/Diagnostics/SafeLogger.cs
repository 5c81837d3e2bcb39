using Microsoft.Extensions.Logging;

namespace Kcl.Daemon;

/// <summary>Passes log entries on and drops those that the sink fails to take: a full disk must not end what was only reporting.</summary>
/// <param name="inner">The logger.</param>
internal sealed class SafeLogger(ILogger inner) : ILogger
{
    /// <inheritdoc />
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return inner.IsEnabled(logLevel);
        }
#pragma warning disable CA1031 // Whatever the sink throws.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    /// <inheritdoc />
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
#pragma warning disable CA1031 // Whatever the sink throws.
        catch (Exception)
#pragma warning restore CA1031
        {
            // There is nowhere to report it.
        }
    }
}
