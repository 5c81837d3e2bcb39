using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>The settings with which a worker coordinates the shards of one stream.</summary>
internal sealed record CoordinationSettings
{
    /// <summary>Gets the name of the application.</summary>
    public required string Application { get; init; }

    /// <summary>Gets the stream.</summary>
    public required StreamIdentifier Stream { get; init; }

    /// <summary>Gets the position at which shards start that have no lease.</summary>
    public required StartPosition Start { get; init; }

    /// <summary>Gets the maximum number of leases that the worker holds.</summary>
    public int MaxLeases { get; init; } = int.MaxValue;

    /// <summary>Gets the maximum number of leases that the worker takes in one round from the worker that has most.</summary>
    public int MaxLeasesToSteal { get; init; } = 1;

    /// <summary>Gets the interval at which the shard list is compared with the leases.</summary>
    public required TimeSpan ShardSyncInterval { get; init; }

    /// <summary>Gets the maximum time between two reads of the lease of an unfinished parent.</summary>
    public required TimeSpan MaxParentPollInterval { get; init; }

    /// <summary>Gets a value indicating whether the lease of a finished shard is deleted after its children have started.</summary>
    public bool DeletesFinishedLeases { get; init; } = true;

    /// <summary>Gets how long a stop waits for the processors before their tokens are canceled.</summary>
    public required TimeSpan ShutdownTimeout { get; init; }
}
