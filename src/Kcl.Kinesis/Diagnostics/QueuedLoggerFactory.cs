using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>A host's logger factory behind a queue: whatever its providers do, nobody who logs is stopped or slowed down.</summary>
/// <remarks>
/// An entry is formatted by its caller; its text, its values, its exception and the current activity are queued. One thread hands the
/// entries to the host's loggers, in order. All parts of the product that were given the same factory share its queue.
/// </remarks>
internal sealed class QueuedLoggerFactory : INonBlockingLoggerFactory
{
    /// <summary>How long the end of a worker waits for the log.</summary>
    public static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(1);

    private static readonly ConditionalWeakTable<ILoggerFactory, QueuedLoggerFactory> Known = [];

    private readonly ILoggerFactory _host;
    private readonly ConcurrentDictionary<string, QueuedLogger> _loggers = new(StringComparer.Ordinal);

    /// <param name="host">The host's factory. It is called by the queue's thread only.</param>
    /// <param name="limits">How much the queue holds.</param>
    /// <param name="time">The clock that dates losses.</param>
    internal QueuedLoggerFactory(ILoggerFactory host, LogQueueLimits limits, TimeProvider time)
    {
        _host = host;
        Queue = new("Kcl log", new HostLog(host), limits, time, pauseAfterFailure: TimeSpan.Zero);
    }

    /// <summary>Gets the queue.</summary>
    public LogQueue<LogEntry> Queue { get; }

    /// <summary>Gets or sets the clock that limits a flush.</summary>
    /// <value>
    /// The default is the system's: a host's log takes real time, whatever clock a worker goes by. The simulation has logs that go by its
    /// own.
    /// </value>
    public TimeProvider FlushClock { get; set; } = TimeProvider.System;

    /// <summary>Makes sure that loggers neither throw nor block.</summary>
    /// <param name="factory">The host's factory.</param>
    /// <returns>The factory itself where it promises that; else one with a queue, always the same one for the same factory.</returns>
    public static ILoggerFactory Wrap(ILoggerFactory factory) => factory is INonBlockingLoggerFactory or NullLoggerFactory
        ? factory
        : Known.GetValue(factory, static host => new(host, LogQueueLimits.Default, TimeProvider.System));

    /// <summary>Waits until the host has been given every entry logged so far, for at most <see cref="FlushLimit"/>.</summary>
    /// <param name="factory">What <see cref="Wrap"/> returned.</param>
    public static async ValueTask FlushAsync(ILoggerFactory factory)
    {
        if (factory is QueuedLoggerFactory queued)
        {
            await queued.Queue.FlushAsync(FlushLimit, queued.FlushClock).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public ILogger CreateLogger(
        string categoryName) => _loggers.GetOrAdd(categoryName, static (name, factory) => new(factory.Queue, name), this);

    /// <inheritdoc />
    public void AddProvider(ILoggerProvider provider) => _host.AddProvider(provider);

    /// <summary>Does nothing: the factory belongs to the host.</summary>
    public void Dispose()
    {
    }

    private sealed class HostLog(ILoggerFactory host) : ILogSink<LogEntry>
    {
        private ILogger? _own;

        public void Write(LogEntry entry) => entry.HandTo(entry.Logger.InnerFrom(host));

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
