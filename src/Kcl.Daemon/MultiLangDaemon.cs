using Kcl.Daemon.Children;
using Kcl.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon;

/// <summary>The multi-language daemon: a consumer whose processors are child processes, one for each shard.</summary>
public sealed class MultiLangDaemon : IAsyncDisposable
{
    private readonly DaemonServices _composition;
    private readonly ChildActivityRegistry _board = new();
    private readonly KinesisConsumer _consumer;
    private readonly ILoggerFactory _loggerFactory;

    private MultiLangDaemon(DaemonServices composition, DaemonConfiguration configuration, IChildLauncher launcher, ILoggerFactory loggerFactory, TimeProvider time, Random random)
    {
        (_composition, _loggerFactory) = (composition, loggerFactory);
        _consumer = new(configuration.Consumer, new()
        {
            KinesisClient = composition.Kinesis,
            LeaseStore = composition.Leases,
            ProcessorFactory = new ChildProcessorFactory(configuration.Child, launcher, _board, loggerFactory, time),
            LoggerFactory = loggerFactory,
            TimeProvider = time,
            Random = random,
        });
    }

    /// <summary>How it is doing now.</summary>
    public DaemonStatus Status => new(_consumer.WorkerId.ToString(), [.. _consumer.Shards.OrderBy(s => s.ShardId).Select(s => new DaemonShardStatus(s, _board.StatusOf(s.ShardId)))]);

    /// <summary>Makes a daemon ready to run: the embedded server, where one is wanted and none answers, is started here.</summary>
    /// <param name="configuration">What to run.</param>
    /// <param name="loggerFactory">Where it logs; the lines of children have the category <c>Kcl.Child</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">The source of jitter and of random choices.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="ConfigurationException">The configuration cannot work.</exception>
    public static async Task<MultiLangDaemon> CreateAsync(DaemonConfiguration configuration, ILoggerFactory loggerFactory, TimeProvider time, Random random, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        loggerFactory = QueuedLoggerFactory.Wrap(loggerFactory);
        IChildLauncher launcher = OperatingSystem.IsLinux() ? new PosixChildLauncher(loggerFactory.CreateLogger("Kcl.Daemon.Children")) : new ManagedChildLauncher();
        var composition = await DaemonServices.CreateAsync(configuration, loggerFactory, time, random, cancellationToken).ConfigureAwait(false);
        return new(composition, configuration, launcher, loggerFactory, time, random);
    }

    /// <summary>Runs until asked to stop, then stops in order: batches are finished, every child gets <c>shutdownRequested</c> and its chance to checkpoint, leases are released, children are ended.</summary>
    /// <param name="stop">Asks for the stop.</param>
    /// <exception cref="ConfigurationException">The settings cannot work together.</exception>
    /// <exception cref="KclException">The stream or the lease store is missing or refuses, and stays so until somebody mends it.</exception>
    public Task RunAsync(CancellationToken stop) => _consumer.RunAsync(stop);

    /// <summary>Stops, if it still runs, and lets go of everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _consumer.DisposeAsync().ConfigureAwait(false);
        await _composition.DisposeAsync().ConfigureAwait(false);
        await QueuedLoggerFactory.FlushAsync(_loggerFactory).ConfigureAwait(false);
    }
}
