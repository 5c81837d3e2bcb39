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

    private MultiLangDaemon(DaemonConfiguration configuration, DaemonServices owned, MultiLangDaemonServices services)
    {
        _services = owned;
        _stream = configuration.Stream;
        _loggerFactory = services.LoggerFactory;
        IChildLauncher launcher = OperatingSystem.IsLinux()
            ? new PosixChildLauncher(_loggerFactory.CreateLogger("Kcl.Daemon.Children"))
            : new ManagedChildLauncher();
        var processors = new ChildProcessorFactory(
            _stream, configuration.Child.Freeze(), launcher, _activities, _loggerFactory, services.TimeProvider);
        _consumer = new(configuration.Consumer, new()
        {
            KinesisClient = owned.Kinesis,
            LeaseStore = owned.Leases,
            ProcessorFactory = processors,
            LoggerFactory = _loggerFactory,
            TimeProvider = services.TimeProvider,
            Random = services.Random,
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
    /// <param name="services">The loggers, the clock and the source of random numbers; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the creation.</param>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="configuration"/> or a property of <paramref name="services"/> is null.
    /// </exception>
    /// <exception cref="ConfigurationException">The configuration is not valid.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static async Task<MultiLangDaemon> CreateAsync(
        DaemonConfiguration configuration, MultiLangDaemonServices? services = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services ??= new();
        services.ThrowIfIncomplete();
        services = services.WithSafeLogging();
        var owned = await DaemonServices.CreateAsync(configuration, services, cancellationToken).ConfigureAwait(false);
        try
        {
            return new(configuration, owned, services);
        }
        catch
        {
            await owned.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Runs until it is stopped. A stop lets every child finish its batch, sends it <c>shutdownRequested</c> so that it can checkpoint,
    /// releases the leases, and ends the children.
    /// </summary>
    /// <param name="stop">Stops the daemon.</param>
    /// <exception cref="ConfigurationException">The settings are not valid together.</exception>
    /// <exception cref="KclException">
    /// The stream or the lease store is missing or misconfigured. Transient failures are retried instead.
    /// </exception>
    public Task RunAsync(CancellationToken stop) => _consumer.RunAsync(stop);

    /// <summary>Stops the daemon if it is running, and disposes its own services.</summary>
    public async ValueTask DisposeAsync()
    {
        await _consumer.DisposeAsync().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
        await QueuedLoggerFactory.FlushAsync(_loggerFactory).ConfigureAwait(false);
    }

    private DaemonShardStatus Describe(ShardStatus shard) =>
        new() { Shard = shard, Child = _activities.GetStatus(new(_stream, shard.ShardId)) };
}
