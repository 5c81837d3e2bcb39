using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>
/// A logger factory that queues entries for a host's factory, so that its providers cannot stop or slow down the callers.
/// </summary>
/// <remarks>
/// The caller formats an entry; its text, values, exception and current activity are queued. One thread passes the entries to the host's
/// loggers in order. All parts of the product that use the same factory share its queue.
/// </remarks>
internal sealed class QueuedLoggerFactory : INonBlockingLoggerFactory
{
    /// <summary>The maximum time that a stopping worker waits for the log.</summary>
    public static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(1);

    private static readonly ConditionalWeakTable<ILoggerFactory, QueuedLoggerFactory> Known = [];

    private readonly ILoggerFactory _host;
    private readonly ConcurrentDictionary<string, QueuedLogger> _loggers = new(StringComparer.Ordinal);

    /// <param name="host">The host's factory. Only the queue's thread calls it.</param>
    /// <param name="limits">The capacity of the queue.</param>
    /// <param name="time">The clock that timestamps lost entries.</param>
    internal QueuedLoggerFactory(ILoggerFactory host, LogQueueLimits limits, TimeProvider time)
    {
        _host = host;
        Queue = new("Kcl log", new HostLog(host), limits, time, pauseAfterFailure: TimeSpan.Zero);
    }

    /// <summary>Gets the queue.</summary>
    public LogQueue<LogEntry> Queue { get; }

    /// <summary>Gets or sets the clock that limits a flush.</summary>
    /// <value>
    /// The default is <see cref="TimeProvider.System"/>, because the log of a host writes in real time even if the worker uses another
    /// clock. Logs of the simulation use its virtual clock.
    /// </value>
    public TimeProvider FlushClock { get; set; } = TimeProvider.System;

    /// <summary>Returns a factory whose loggers neither throw nor block.</summary>
    /// <param name="factory">The host's factory.</param>
    /// <returns>The factory itself if it guarantees that; otherwise one with a queue, always the same for the same factory.</returns>
    public static ILoggerFactory Wrap(ILoggerFactory factory) => factory is INonBlockingLoggerFactory or NullLoggerFactory
        ? factory
        : Known.GetValue(factory, static host => new(host, LogQueueLimits.Default, TimeProvider.System));

    /// <summary>Waits until the host has received every entry logged so far, for at most <see cref="FlushLimit"/>.</summary>
    /// <param name="factory">A factory that <see cref="Wrap"/> returned.</param>
    public static async ValueTask FlushAsync(ILoggerFactory factory)
    {
        if (factory is QueuedLoggerFactory queued)
        {
            await queued.Queue.FlushAsync(FlushLimit, queued.FlushClock).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, static (name, factory) => new(factory.Queue, name), this);

    /// <inheritdoc />
    public void AddProvider(ILoggerProvider provider) => _host.AddProvider(provider);

    /// <summary>Does nothing: the factory belongs to the host.</summary>
    public void Dispose()
    {
    }

    private sealed class HostLog(ILoggerFactory host) : ILogSink<LogEntry>
    {
        private ILogger? _own;

        public void Write(LogEntry entry) => entry.PassTo(entry.Logger.GetInner(host));

        public void WriteLost(LostLogEntries lost) =>
            LogQueueLog.EntriesLost(
                _own ??= host.CreateLogger("Kcl.Logging"),
                lost.Count,
                lost.Since,
                lost.Information,
                lost.Warnings,
                lost.Errors,
                lost.Reason);
    }
}
