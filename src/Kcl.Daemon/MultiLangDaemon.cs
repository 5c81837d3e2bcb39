using Kcl.Daemon.Children.Launching;
using Kcl.Daemon.Children.Relay;
using Kcl.Daemon.Status;
using Kcl.Kinesis;
using Kcl.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon;

/// <summary>The multi-language daemon: a consumer whose processors are child processes, one for each shard.</summary>
public sealed class MultiLangDaemon : IAsyncDisposable
{
    private readonly DaemonServices _services;
    private readonly ChildActivityRegistry _activities = new();
    private readonly KinesisConsumer _consumer;
    private readonly StreamIdentifier _stream;
    private readonly ILoggerFactory _loggerFactory;

    private MultiLangDaemon(
        DaemonServices services, DaemonConfiguration configuration, ILoggerFactory loggerFactory, TimeProvider time, Random random)
    {
        _services = services;
        _stream = configuration.Stream;
        _loggerFactory = loggerFactory;
        IChildLauncher launcher = OperatingSystem.IsLinux()
            ? new PosixChildLauncher(loggerFactory.CreateLogger("Kcl.Daemon.Children"))
            : new ManagedChildLauncher();
        _consumer = new(configuration.Consumer, new()
        {
            KinesisClient = services.Kinesis,
            LeaseStore = services.Leases,
            ProcessorFactory = new ChildProcessorFactory(_stream, configuration.Child, launcher, _activities, loggerFactory, time),
            LoggerFactory = loggerFactory,
            TimeProvider = time,
            Random = random,
        });
    }

    /// <summary>Gets the current status.</summary>
    public DaemonStatus Status => new()
    {
        WorkerId = _consumer.WorkerId,
        Shards = [.. _consumer.Shards.OrderBy(shard => shard.ShardId).Select(Describe)],
    };

    /// <summary>
    /// Creates a daemon. With <see cref="DaemonOptions.Local"/>, the embedded server is started in this process if none answers.
    /// </summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="loggerFactory">Creates the loggers; the lines of children have the category <c>Kcl.Child</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">The source of jitter and of random choices.</param>
    /// <param name="cancellationToken">Cancels the creation.</param>
    /// <exception cref="ConfigurationException">The configuration is not valid.</exception>
    public static async Task<MultiLangDaemon> CreateAsync(
        DaemonConfiguration configuration, ILoggerFactory loggerFactory, TimeProvider time, Random random,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        loggerFactory = QueuedLoggerFactory.Wrap(loggerFactory);
        var services = await DaemonServices.CreateAsync(configuration, loggerFactory, time, random,
            cancellationToken).ConfigureAwait(false);
        return new(services, configuration, loggerFactory, time, random);
    }

    /// <summary>
    /// Runs until it is stopped. A stop lets every child finish its batch, sends it <c>shutdownRequested</c> so that it can checkpoint,
    /// releases the leases and ends the children.
    /// </summary>
    /// <param name="stop">Stops the daemon.</param>
    /// <exception cref="ConfigurationException">The settings are not valid together.</exception>
    /// <exception cref="KclException">
    /// The stream or the lease store is missing or misconfigured. Transient failures are retried instead.
    /// </exception>
    public Task RunAsync(CancellationToken stop) => _consumer.RunAsync(stop);

    /// <summary>Stops the daemon if it is running, and disposes what it uses.</summary>
    public async ValueTask DisposeAsync()
    {
        await _consumer.DisposeAsync().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
        await QueuedLoggerFactory.FlushAsync(_loggerFactory).ConfigureAwait(false);
    }

    private DaemonShardStatus Describe(ShardStatus shard) =>
        new() { Shard = shard, Child = _activities.GetStatus(new(_stream, shard.ShardId)) };
}
