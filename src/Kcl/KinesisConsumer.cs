using Kcl.Consuming;
using Kcl.Coordination;
using Kcl.Coordination.Assignment;
using Kcl.Internal;
using Kcl.Kinesis.Diagnostics;
using Kcl.Leasing;
using Kcl.Leasing.Holding;
using Kcl.Retrieval;

namespace Kcl;

/// <summary>
/// Consumes a Kinesis stream as one worker of an application: it takes leases of shards, reads the shards, calls your processors and stores
/// checkpoints. It does not dispose the services that are passed to it.
/// </summary>
public sealed class KinesisConsumer : IAsyncDisposable
{
    private readonly KinesisConsumerOptions _options;
    private readonly KinesisConsumerServices _services;
    private readonly RecordSourceFactory _retrieval;
    private readonly ShardConsumerFactory _factory;
    private readonly LeaseWriting _leaseWriting;
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _gate = new();
    private Worker? _worker;
    private Task? _runEnded;
    private bool _disposed;

    /// <summary>Creates a worker. It does nothing before <see cref="RunAsync"/>.</summary>
    /// <param name="options">The stream and the settings of the worker. They are copied: later changes have no effect.</param>
    /// <param name="services">The services that the worker uses.</param>
    /// <exception cref="ArgumentNullException">An argument or a property of <paramref name="services"/> is null.</exception>
    /// <exception cref="ConfigurationException">
    /// The options are not valid, or the lease store keeps the leases of another application. The message lists every problem.
    /// </exception>
    public KinesisConsumer(KinesisConsumerOptions options, KinesisConsumerServices services)
        : this(options, services, factory: null, new LeaseWriting())
    {
    }

    internal KinesisConsumer(
        KinesisConsumerOptions options, KinesisConsumerServices services, ShardConsumerFactory? factory, LeaseWriting leaseWriting)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(services);
        services.ThrowIfIncomplete();
        _options = options.Freeze(services.LeaseStore.ApplicationName);
        _services = services.WithSafeLogging();
        _leaseWriting = leaseWriting;
        WorkerId = _options.WorkerId ?? NewWorkerId(services.Random);
        _retrieval = ConsumerSettings.CreateRecordSources(_options, _services);
        var consuming = new ConsumingServices(
            _services.ProcessorFactory, _retrieval, _services.TimeProvider, _services.Random, _services.LoggerFactory);
        var settings = ConsumerSettings.CreateConsuming(_options);
        _factory = factory ?? ((lease, coordination) => new ShardConsumer(lease, coordination, settings, consuming));
    }

    /// <summary>Gets the id of this worker.</summary>
    /// <value>The configured id; a random UUID if none was configured.</value>
    public WorkerId WorkerId { get; }

    /// <summary>
    /// Gets every shard of the application: the shards of this worker in their current state, the others as last read from the lease store.
    /// The list is empty before the first read.
    /// </summary>
    public IReadOnlyList<ShardStatus> Shards => Volatile.Read(ref _worker)?.Shards ?? [];

    /// <summary>Runs the worker until a stop is requested. A consumer can run only once.</summary>
    /// <remarks>
    /// When a stop is requested, the worker takes no more leases. Each processor finishes its current batch.
    /// <see cref="IShardRecordProcessor.ShutdownRequestedAsync"/> is called, in which it can checkpoint. Then the leases are released.
    /// </remarks>
    /// <param name="stop">Requests the stop. The processors then have <see cref="KinesisConsumerOptions.ShutdownTimeout"/>.</param>
    /// <returns>A task that completes when everything has stopped. A requested stop is not an error.</returns>
    /// <exception cref="InvalidStateException">
    /// The stream or the lease store is missing or misconfigured. Transient failures are retried instead.
    /// </exception>
    /// <exception cref="Kinesis.KinesisException">Kinesis refuses a request, for example because a permission is missing.</exception>
    /// <exception cref="InvalidOperationException">The consumer is running or has run.</exception>
    /// <exception cref="ObjectDisposedException">The consumer was disposed.</exception>
    public Task RunAsync(CancellationToken stop)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_runEnded is not null)
            {
                throw new InvalidOperationException("A consumer can run only once. Create another one to run again.");
            }

            _runEnded = ended.Task;
        }

        // Called outside the lock, because it runs code of the caller's services, which may block or call this consumer.
        return RunOnceAsync(ended, stop);
    }

    /// <summary>
    /// Stops the worker, as the token of <see cref="RunAsync"/> does, and waits until it has stopped. Exceptions of <see cref="RunAsync"/>
    /// are not thrown here.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Task? runEnded;
        bool isFirst;
        lock (_gate)
        {
            runEnded = _runEnded;
            isFirst = !_disposed;
            _disposed = true;
        }

        if (isFirst)
        {
            await _disposing.CancelAsync().ConfigureAwait(false);
        }

        if (runEnded is not null)
        {
            await runEnded.ConfigureAwait(false);
        }

        if (isFirst)
        {
            _retrieval.Dispose();
            _disposing.Dispose();
        }
    }

    private async Task RunOnceAsync(TaskCompletionSource ended, CancellationToken stop)
    {
        try
        {
            await RunWorkerAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            // The log must be complete when RunAsync returns.
            await QueuedLoggerFactory.FlushAsync(_services.LoggerFactory).ConfigureAwait(false);
            ended.SetResult();
        }
    }

    private async Task RunWorkerAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _disposing.Token);
        var logger = _services.LoggerFactory.CreateLogger("Kcl.Leasing");
        var leasing = new LeasingServices(
            _services.LeaseStore, new(_options.FailoverTime), _services.TimeProvider, _services.Random, logger)
        {
            Writing = _leaseWriting,
        };
        var services = new CoordinationServices(leasing, _services.LoggerFactory.CreateLogger(CoordinationLog.Category));
        var settings = ConsumerSettings.CreateCoordination(_options);
        using var worker = new Worker(settings, WorkerId, services, _services.KinesisClient, _factory, _retrieval.PrepareAsync);
        Volatile.Write(ref _worker, worker);
        await worker.RunAsync(either.Token).ConfigureAwait(false);
    }

    private static WorkerId NewWorkerId(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        new Chance(random).NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40); // version 4, of the variant that RFC 9562 describes
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new(new Guid(bytes, bigEndian: true).ToString());
    }
}
