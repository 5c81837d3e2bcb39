using Kcl.Kinesis;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl;

/// <summary>What a <see cref="KinesisConsumer"/> stands on.</summary>
public sealed class KinesisConsumerServices
{
    /// <summary>The stream.</summary>
    public required IKinesisClient Kinesis { get; init; }

    /// <summary>The leases of the application.</summary>
    public required ILeaseStore Leases { get; init; }

    /// <summary>Makes the processors.</summary>
    public required IShardRecordProcessorFactory Processors { get; init; }

    /// <summary>Where the consumer logs.</summary>
    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The source of jitter and of random choices; used under a lock.</summary>
    public required Random Random { get; init; }
}
