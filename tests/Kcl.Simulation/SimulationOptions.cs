using Microsoft.Extensions.Logging;

namespace Kcl.Simulation;

/// <summary>What a simulation does; what it leaves open is drawn from the seed.</summary>
internal sealed record SimulationOptions
{
    /// <summary>How long things go wrong.</summary>
    public TimeSpan Chaos { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The failover time of all workers.</summary>
    public TimeSpan FailoverTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How soon after the last fault every shard must be owned by a live worker again.</summary>
    public TimeSpan OwnedWithin { get; init; } = TimeSpan.FromSeconds(22);

    /// <summary>How soon after the last fault every record must have been delivered.</summary>
    public TimeSpan DeliveredWithin { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Whether the stream may be deleted and created again.</summary>
    public bool WithRecreations { get; init; } = true;

    /// <summary>
    /// Gets a value indicating whether the stream is deleted and created again often, with few shards that split and merge, so that
    /// leases of the earlier stream meet shards of the present one that have their ids and unread parents.
    /// </summary>
    public bool FavorsRecreations { get; init; }

    /// <summary>Makes a worker; tests make one that errs on purpose.</summary>
    public Func<KinesisConsumerOptions, KinesisConsumerServices, KinesisConsumer> MakeConsumer { get; init; } =
        static (options, services) => new(options, services);

    /// <summary>
    /// What the logs of the workers' hosts do wrong now and then, and are left doing when everything else has become calm.
    /// </summary>
    public LogFaults LogFaults { get; init; }

    /// <summary>Makes what a worker is given of its host's log; tests make one that errs on purpose.</summary>
    public Func<ILoggerFactory, ILoggerFactory> MakeLoggers { get; init; } = static log => log;

    /// <summary>Whether the workers' log lines are part of the timeline; not together with faults of logs.</summary>
    public bool WithLogs { get; init; }

    /// <summary>How many of the last events are kept.</summary>
    public int EventsKept { get; init; } = 120;
}

/// <summary>How a simulation went.</summary>
/// <param name="Seed">Replays it.</param>
/// <param name="Violation">The first broken invariant; null if all held.</param>
/// <param name="Events">What happened last.</param>
/// <param name="Records">How many records were put.</param>
/// <param name="Deliveries">How many deliveries there were.</param>
/// <param name="Workers">How many workers lived.</param>
/// <param name="Timers">How many timers fired.</param>
internal sealed record SimulationResult(
    int Seed,
    string? Violation,
    IReadOnlyList<string> Events,
    int Records,
    long Deliveries,
    int Workers,
    long Timers)
{
    /// <summary>How many calls of the workers' logs threw or blocked.</summary>
    public long LogFailures { get; init; }
}
