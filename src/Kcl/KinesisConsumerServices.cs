using Kcl.Kinesis;
using Kcl.Kinesis.Diagnostics;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl;

/// <summary>What a <see cref="KinesisConsumer"/> stands on.</summary>
public sealed class KinesisConsumerServices
{
    private ILoggerFactory _loggerFactory = null!;

    /// <summary>The stream.</summary>
    public required IKinesisClient Kinesis { get; init; }

    /// <summary>The leases of the application.</summary>
    public required ILeaseStore Leases { get; init; }

    /// <summary>Makes the processors.</summary>
    public required IShardRecordProcessorFactory Processors { get; init; }

    /// <summary>Where the consumer logs.</summary>
    /// <remarks>
    /// What its providers throw does not reach the consumer, and a provider that blocks does not stop it: entries go through a bounded queue, and one thread hands
    /// them to the providers. Entries that do not fit are counted, and the count is logged. <see cref="KinesisConsumer.RunAsync"/> waits up to one second
    /// for the queue before it returns.
    /// </remarks>
    public required ILoggerFactory LoggerFactory
    {
        get => _loggerFactory;
        init => _loggerFactory = value;
    }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The source of jitter and of random choices; used under a lock.</summary>
    public required Random Random { get; init; }

    /// <summary>The same services, but with loggers that neither throw nor block.</summary>
    internal KinesisConsumerServices WithSafeLogging()
    {
        var copy = (KinesisConsumerServices)MemberwiseClone();
        copy._loggerFactory = QueuedLoggerFactory.Wrap(_loggerFactory);
        return copy;
    }
}
