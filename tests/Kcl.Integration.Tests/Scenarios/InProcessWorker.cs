using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Streams;
using Kcl.Kinesis;
using Kcl.Leases.Sqlite;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>A consumer in this process with leases in a file and a ledger.</summary>
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
    /// <param name="stream">The stream to consume.</param>
    /// <param name="leaseFile">The file of the leases.</param>
    /// <param name="ledger">Creates its processors.</param>
    /// <param name="position">The initial position.</param>
    /// <param name="retrieval">The retrieval mode.</param>
    /// <param name="client">The client; null for that of the stream.</param>
    /// <param name="clock">
    /// A faster clock. Timeouts of leases and of the stop are increased, so that they last as long in real time.
    /// </param>
    /// <param name="loggers">The logger factory; null for no logs.</param>
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

    /// <summary>Returns the leases in the file.</summary>
    public async Task<IReadOnlyList<Lease>> LeasesAsync(CancellationToken cancellationToken) => await _leases.ListAsync(cancellationToken);

    /// <summary>Gets the status of the shards in the worker.</summary>
    public IReadOnlyList<ShardStatus> Shards => _consumer.Shards;

    /// <summary>Returns text for the message of a failure.</summary>
    public string Describe() => $"{(_run.IsFaulted ? _run.Exception : $"worker {_run.Status}")}\n{string.Join('\n', Shards)}";

    /// <summary>Waits until all numbers are delivered.</summary>
    public Task DeliveredAsync(
        MemoryLedger ledger, IEnumerable<long> numbers, TimeSpan timeout, CancellationToken cancellationToken) => Eventually.TrueAsync(
        "every number delivered",
        () => _run.IsFaulted
            || ledger.Read().Where(e => e.Kind == LedgerEventKind.Delivered).Select(e => e.Number).ToHashSet().IsSupersetOf(numbers),
        timeout,
        Describe,
        cancellationToken);

    /// <summary>Stops the worker.</summary>
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
