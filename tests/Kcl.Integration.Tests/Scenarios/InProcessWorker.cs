using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Streams;
using Kcl.Kinesis;
using Kcl.Leases.Sqlite;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>A consumer in this process with leases in a file, and its ledger.</summary>
internal sealed class InProcessWorker : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SqliteLeaseStore _leases;
    private readonly KinesisConsumer _consumer;
    private readonly Task _run;

    private InProcessWorker(
        TestStream stream,
        string leaseFile,
        MemoryLedger ledger,
        InitialPosition position,
        RetrievalMode retrieval,
        KinesisClient? client,
        ScaledClock? clock,
        ILoggerFactory? loggers)
    {
        var speed = clock?.Factor ?? 1;
        _leases = new(leaseFile, "app");
        _consumer = new(
            new()
            {
                ApplicationName = "app",
                Stream = { Identifier = stream.Name, InitialPosition = position },
                RetrievalMode = retrieval,
                IdleTimeBetweenReads = TimeSpan.FromMilliseconds(200),
                ShardSyncInterval = TimeSpan.FromSeconds(1) * speed,
                FailoverTime = TimeSpan.FromSeconds(3) * speed,
                ShutdownTimeout = TimeSpan.FromSeconds(30) * speed,
            },
            new()
            {
                KinesisClient = client ?? stream.Client,
                LeaseStore = _leases,
                ProcessorFactory = ledger,
                LoggerFactory = loggers ?? NullLoggerFactory.Instance,
                TimeProvider = clock ?? TimeProvider.System,
                Random = new(7),
            });
        _run = _consumer.RunAsync(_stop.Token);
    }

    /// <summary>Starts a worker.</summary>
    /// <param name="stream">What it consumes.</param>
    /// <param name="leaseFile">Where its leases are.</param>
    /// <param name="ledger">Makes its processors.</param>
    /// <param name="position">Where it begins.</param>
    /// <param name="retrieval">How it reads.</param>
    /// <param name="client">How it reaches the server; null for the stream's own client.</param>
    /// <param name="clock">A faster clock. Leases and the end are then given as much real time as without.</param>
    /// <param name="loggers">Where it logs; null for nowhere.</param>
    public static InProcessWorker Start(
        TestStream stream,
        string leaseFile,
        MemoryLedger ledger,
        InitialPosition position,
        RetrievalMode retrieval = RetrievalMode.Polling,
        KinesisClient? client = null,
        ScaledClock? clock = null,
        ILoggerFactory? loggers = null) =>
        new(stream, leaseFile, ledger, position, retrieval, client, clock, loggers);

    /// <summary>The leases as they are in the file.</summary>
    public async Task<IReadOnlyList<Lease>> LeasesAsync(CancellationToken cancellationToken) => await _leases.ListAsync(cancellationToken);

    /// <summary>The shards as the worker sees them.</summary>
    public IReadOnlyList<ShardStatus> Shards => _consumer.Shards;

    /// <summary>What a failed wait shows.</summary>
    public string Describe() => $"{(_run.IsFaulted ? _run.Exception : $"worker {_run.Status}")}\n{string.Join('\n', Shards)}";

    /// <summary>Waits until every number was delivered.</summary>
    public Task DeliveredAsync(
        MemoryLedger ledger, IEnumerable<long> numbers, TimeSpan timeout, CancellationToken cancellationToken) => Eventually.TrueAsync(
        "every number delivered",
        () => _run.IsFaulted
            || ledger.Read().Where(e => e.Kind == LedgerEventKind.Delivered).Select(e => e.Number).ToHashSet().IsSupersetOf(numbers),
        timeout,
        Describe,
        cancellationToken);

    /// <summary>Stops in order.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _consumer.DisposeAsync();
        await _leases.DisposeAsync();
        _stop.Dispose();
    }
}
