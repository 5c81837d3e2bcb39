using Kcl.Kinesis;
using Kcl.Kinesis.Diagnostics;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl;

/// <summary>
/// The services that a <see cref="KinesisConsumer"/> uses. They belong to the caller; the consumer does not dispose them.
/// </summary>
public sealed class KinesisConsumerServices
{
    private ILoggerFactory _loggerFactory = NullLoggerFactory.Instance;

    /// <summary>Gets the client that reads the stream.</summary>
    public required IKinesisClient KinesisClient { get; init; }

    /// <summary>Gets the store of the application's leases.</summary>
    public required ILeaseStore LeaseStore { get; init; }

    /// <summary>Gets the factory that creates a processor for each shard.</summary>
    public required IShardRecordProcessorFactory ProcessorFactory { get; init; }

    /// <summary>Gets the factory of the loggers.</summary>
    /// <value>The default is a factory that logs nothing.</value>
    /// <remarks>
    /// Exceptions of a log provider do not reach the consumer, and a provider that blocks does not stop it: entries go through a bounded
    /// queue, and one thread passes them to the providers. Entries that do not fit are counted, and the count is logged.
    /// <see cref="KinesisConsumer.RunAsync"/> waits up to one second for the queue before it returns.
    /// </remarks>
    public ILoggerFactory LoggerFactory
    {
        get => _loggerFactory;
        init => _loggerFactory = value;
    }

    /// <summary>Gets the clock.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets the source of jitter and of random choices. It need not be thread-safe: the consumer uses it under a lock.</summary>
    /// <value>The default is <c>Random.Shared</c>.</value>
#pragma warning disable RS0030 // The default of a service that callers can replace.
    public Random Random { get; init; } = Random.Shared;
#pragma warning restore RS0030

    /// <exception cref="ArgumentNullException">A service is null.</exception>
    internal void ThrowIfIncomplete()
    {
        ArgumentNullException.ThrowIfNull(KinesisClient);
        ArgumentNullException.ThrowIfNull(LeaseStore);
        ArgumentNullException.ThrowIfNull(ProcessorFactory);
        ArgumentNullException.ThrowIfNull(LoggerFactory);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(Random);
    }

    /// <summary>Returns a copy of the services whose loggers neither throw nor block.</summary>
    internal KinesisConsumerServices WithSafeLogging()
    {
        var copy = (KinesisConsumerServices)MemberwiseClone();
        copy._loggerFactory = QueuedLoggerFactory.Wrap(_loggerFactory);
        return copy;
    }
}
