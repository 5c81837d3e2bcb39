using Kcl.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Daemon;

/// <summary>
/// The services that a <see cref="MultiLangDaemon"/> uses. They belong to the caller; the daemon does not dispose them.
/// </summary>
public sealed class MultiLangDaemonServices
{
    private ILoggerFactory _loggerFactory = NullLoggerFactory.Instance;

    /// <summary>Gets the factory of the loggers. The output of children has the category <c>Kcl.Child</c>.</summary>
    /// <value>The default is a factory that logs nothing.</value>
    /// <remarks>
    /// Exceptions of a log provider do not reach the daemon, and a provider that blocks does not stop it: entries go through a bounded
    /// queue, and one thread passes them to the providers. Entries that do not fit are counted, and the count is logged.
    /// </remarks>
    public ILoggerFactory LoggerFactory
    {
        get => _loggerFactory;
        init => _loggerFactory = value;
    }

    /// <summary>Gets the clock.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets the source of jitter and of random choices. It need not be thread-safe: the daemon uses it under a lock.</summary>
    /// <value>The default is <c>Random.Shared</c>.</value>
#pragma warning disable RS0030 // The default of a service that callers can replace.
    public Random Random { get; init; } = Random.Shared;
#pragma warning restore RS0030

    /// <exception cref="ArgumentNullException">A service is null.</exception>
    internal void ThrowIfIncomplete()
    {
        ArgumentNullException.ThrowIfNull(LoggerFactory);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(Random);
    }

    /// <summary>Returns the same services, with loggers that neither throw nor block.</summary>
    internal MultiLangDaemonServices WithSafeLogging()
    {
        var copy = (MultiLangDaemonServices)MemberwiseClone();
        copy._loggerFactory = QueuedLoggerFactory.Wrap(_loggerFactory);
        return copy;
    }
}
