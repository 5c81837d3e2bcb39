using Kcl.Consuming;
using Kcl.Coordination;
using Kcl.Internal;
using Kcl.Kinesis.Diagnostics;
using Kcl.Leasing;
using Kcl.Retrieval;
using Microsoft.Extensions.Logging;

namespace Kcl;

/// <summary>One worker: shares a stream's shards with its peers, reads them, calls the processors and checkpoints how far. What it stands on belongs to the caller and is not disposed here.</summary>
public sealed class KinesisConsumer : IAsyncDisposable
{
    private readonly KinesisConsumerOptions _options;
    private readonly KinesisConsumerServices _services;
    private readonly RecordSourceFactory _retrieval;
    private readonly ShardConsumerFactory _factory;
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _gate = new();
    private Worker? _worker;
    private Task? _run;

    /// <summary>Creates a worker; nothing happens before <see cref="RunAsync"/>.</summary>
    /// <param name="options">What is consumed, and how. Copied here: later changes have no effect.</param>
    /// <param name="services">What the worker stands on.</param>
    public KinesisConsumer(KinesisConsumerOptions options, KinesisConsumerServices services)
        : this(options, services, factory: null, PlantedBugs.None)
    {
    }

    internal KinesisConsumer(KinesisConsumerOptions options, KinesisConsumerServices services, ShardConsumerFactory? factory, PlantedBugs bugs)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(services);
        (_options, _services, Bugs) = (options.Freeze(), services.WithSafeLogging(), bugs);
        WorkerId = new(string.IsNullOrEmpty(options.WorkerId) ? NewWorkerId(services.Random) : options.WorkerId);
        _retrieval = new RecordSourceFactory(_options, _services);
        _factory = factory ?? ((lease, coordination) => new ShardConsumer(lease, coordination, _options, _services, _retrieval));
    }

    /// <summary>This worker's id.</summary>
    /// <value>The configured one, else a random UUID.</value>
    public WorkerId WorkerId { get; }

    /// <summary>Every shard of the application: those of this worker as they are now, the others as the lease table last said. Empty before the first look at the table.</summary>
    public IReadOnlyList<ShardStatus> Shards => Volatile.Read(ref _worker)?.Shards ?? [];

    private PlantedBugs Bugs { get; }

    /// <summary>Runs until asked to stop, then stops in order: no more leases are taken, the processors finish what they are at, checkpoint and are told goodbye, the leases are given back.</summary>
    /// <param name="stop">Asks for the stop. The processors then have <see cref="KinesisConsumerOptions.ShutdownGrace"/>.</param>
    /// <returns>Completes when everything has stopped. It does not throw because it was asked to stop.</returns>
    /// <exception cref="ConfigurationException">The options cannot work; the message lists every problem.</exception>
    /// <exception cref="InvalidStateException">The stream or the lease store is missing or unusable, and stays so until somebody mends it. What may pass is waited for.</exception>
    /// <exception cref="Kinesis.KinesisException">The service refuses, for example because a permission is missing.</exception>
    /// <exception cref="InvalidOperationException">It runs already, or has run.</exception>
    public Task RunAsync(CancellationToken stop)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
            if (_run is not null)
            {
                throw new InvalidOperationException("A consumer runs once. Create another one to run again.");
            }

            return _run = RunOnceAsync(stop);
        }
    }

    /// <summary>Stops, as <see cref="RunAsync"/>'s token does, and waits for the end.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? run;
        lock (_gate)
        {
            run = _run;
        }

        await _disposing.CancelAsync().ConfigureAwait(false);
        if (run is not null)
        {
            // Whoever awaits RunAsync is told how it ended.
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _retrieval.Dispose();
    }

    private async Task RunOnceAsync(CancellationToken stop)
    {
        ConsumerOptionsCheck.ThrowIfInvalid(_options);
        try
        {
            await RunWorkerAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            // A host that reads its log now finds all of it.
            await QueuedLoggerFactory.FlushAsync(_services.LoggerFactory).ConfigureAwait(false);
        }
    }

    private async Task RunWorkerAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _disposing.Token);
        var context = new LeasingServices(_services.Leases, new(_options.FailoverTime), _services.Time, _services.Random, _services.LoggerFactory.CreateLogger("Kcl.Leasing")) { Bugs = Bugs };
        using var worker = new Worker(_options, WorkerId, context, _services.Kinesis, _factory, _retrieval.PrepareAsync);
        Volatile.Write(ref _worker, worker);
        await worker.RunAsync(either.Token).ConfigureAwait(false);
    }

    private static string NewWorkerId(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (random)
        {
            random.NextBytes(bytes);
        }

        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40); // version 4, of the variant that RFC 9562 describes
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
