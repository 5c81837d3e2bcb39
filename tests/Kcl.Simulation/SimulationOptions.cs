using Microsoft.Extensions.Logging;

namespace Kcl.Simulation;

/// <summary>Options of a simulation. Everything else is derived from the seed.</summary>
internal sealed record SimulationOptions
{
    /// <summary>Gets the duration of the faults.</summary>
    public TimeSpan FaultDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets the failover time of all workers.</summary>
    public TimeSpan FailoverTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the time after the last fault within which every shard must be owned by a running worker again.</summary>
    public TimeSpan OwnedWithin { get; init; } = TimeSpan.FromSeconds(22);

    /// <summary>Gets the time after the last fault within which every record must be delivered.</summary>
    public TimeSpan DeliveredWithin { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Gets a value indicating whether the stream may be deleted and re-created.</summary>
    public bool WithRecreations { get; init; } = true;

    /// <summary>
    /// Gets a value indicating whether the stream is deleted and re-created often, with few shards that are split and merged, so that
    /// there are leases of the earlier stream with the ids of shards of the current one that have unread parents.
    /// </summary>
    public bool FavorsRecreations { get; init; }

    /// <summary>Gets the function that creates a consumer. Tests create consumers with a planted mistake.</summary>
    public Func<KinesisConsumerOptions, KinesisConsumerServices, KinesisConsumer> CreateConsumer { get; init; } =
        static (options, services) => new(options, services);

    /// <summary>
    /// Gets the faults that the logs of the workers' hosts have at times. They do not end with the other faults.
    /// </summary>
    public LogFaults LogFaults { get; init; }

    /// <summary>
    /// Gets the function that creates a worker's logger factory from its host's log. Tests create one with a planted mistake.
    /// </summary>
    public Func<ILoggerFactory, ILoggerFactory> CreateLoggers { get; init; } = static log => log;

    /// <summary>Gets a value indicating whether the timeline contains the workers' log lines; not possible with faults of logs.</summary>
    public bool WithLogs { get; init; }

    /// <summary>Gets the number of the last events that are kept.</summary>
    public int MaxEvents { get; init; } = 120;
}

/// <summary>The result of a simulation.</summary>
/// <param name="Seed">The seed, which replays the simulation.</param>
/// <param name="Violation">The first broken invariant; null if all held.</param>
/// <param name="Events">The last events.</param>
/// <param name="Records">The number of records that were put.</param>
/// <param name="Deliveries">The number of deliveries of records.</param>
/// <param name="Workers">The number of workers that were started.</param>
/// <param name="Timers">The number of timers that fired.</param>
internal sealed record SimulationResult(
    int Seed,
    string? Violation,
    IReadOnlyList<string> Events,
    int Records,
    long Deliveries,
    int Workers,
    long Timers)
{
    /// <summary>Gets the number of calls of the workers' logs that threw or blocked.</summary>
    public long LogFailures { get; init; }
}
