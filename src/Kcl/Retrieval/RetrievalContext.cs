using Kcl.Diagnostics;
using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Streams;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval;

/// <summary>The settings and services for the retrieval of one shard.</summary>
internal sealed record RetrievalContext
{
    /// <summary>Gets the shard.</summary>
    public required ShardRef Shard { get; init; }

    /// <summary>Gets the shard's hash keys; the whole range if they are not known.</summary>
    public required HashKeyRange HashKeys { get; init; }

    /// <summary>Gets the settings.</summary>
    public required RetrievalSettings Settings { get; init; }

    /// <summary>Gets the service.</summary>
    public required IKinesisClient Client { get; init; }

    /// <summary>Gets the directory that decides whether the shard has ended if a response does not show it.</summary>
    public required IShardDirectory Directory { get; init; }

    /// <summary>Gets the byte budget that all shards of the worker share.</summary>
    public required ByteBudget Budget { get; init; }

    /// <summary>Gets the shard's metrics.</summary>
    public required ShardMetrics Metrics { get; init; }

    /// <summary>Gets the logger of retrieval.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Gets the clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Gets the source of jitter.</summary>
    public required Chance Chance { get; init; }
}
