using System.Collections.Concurrent;
using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;
using Kcl.LocalKinesis;
using Kcl.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace Kcl.Integration.Tests.FaultyStore;

/// <summary>
/// Real workers on an embedded stream, each with its own proxy in front of Amazon's DynamoDB Local, and a producer that puts records
/// continuously.
/// </summary>
internal sealed class FaultyFleet : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopPutting = new();
    private readonly CancellationTokenSource _stopWorkers = new();
    private readonly List<(KinesisConsumer Consumer, DynamoDbLeaseStore Store, Task Run)> _workers = [];
    private readonly StreamName _stream = new("words");
    private readonly string _application = $"faults-{Guid.NewGuid():N}";
    private readonly Uri _dynamoDb;
    private readonly int _shards;
    private readonly TimeSpan _failover;
    private LocalKinesisServer? _kinesisServer;
    private KinesisClient? _kinesis;
    private Task _putting = Task.CompletedTask;

    private FaultyFleet(Uri dynamoDb, int shards, TimeSpan failover) => (_dynamoDb, _shards, _failover) = (dynamoDb, shards, failover);

    public ShardLedger Ledger { get; } = new();

    public List<FaultProxy> Proxies { get; } = [];

    public WarningCounter Log { get; } = new();

    public int Owned => _workers.Sum(static w => OwnedBy(w.Consumer));

    public static async Task<FaultyFleet> StartAsync(
        Uri dynamoDb,
        int shards,
        int workers,
        TimeSpan failover,
        TimeSpan? betweenPuts,
        CancellationToken cancellationToken)
    {
        var fleet = new FaultyFleet(dynamoDb, shards, failover);
        fleet._kinesisServer = await LocalKinesisServer.StartAsync(
            new() { Port = 0, InitialStreams = { ["words"] = shards } },
            cancellationToken);
        fleet._kinesis = new(new() { Endpoint = fleet._kinesisServer.Endpoint, Region = "us-east-1", SignRequests = false });
        fleet._putting = betweenPuts is { } pause ? fleet.PutAsync(pause) : Task.CompletedTask;
        for (var n = 1; n <= workers; n++)
        {
            await fleet.AddWorkerAsync($"worker-{n}", cancellationToken);
        }

        await Eventually.TrueAsync(
            "the workers share the shards", () =>
                fleet._workers.TrueForAll(
                    w => OwnedBy(w.Consumer) == shards / workers), TimeSpan.FromSeconds(90), fleet.Evidence, cancellationToken);
        return fleet;
    }

    public async Task AddWorkerAsync(string name, CancellationToken cancellationToken)
    {
        var proxy = await FaultProxy.StartAsync(_dynamoDb, TimeProvider.System, new Random(name.Length), cancellationToken);
        Proxies.Add(proxy);
        var store = new DynamoDbLeaseStore(
            new() { ApplicationName = _application, Endpoint = proxy.Endpoint, RequestTimeout = _failover / 5 },
            Log);
        var consumer = new KinesisConsumer(
            new()
            {
                ApplicationName = _application,
                Stream = { Identifier = _stream, InitialPosition = InitialPosition.TrimHorizon },
                WorkerId = new(name),
                FailoverTime = _failover,
                IdleTimeBetweenReads = TimeSpan.FromMilliseconds(250),
            },
            new()
            {
                KinesisClient = _kinesis!,
                LeaseStore = store,
                ProcessorFactory = new LedgerProcessors(Ledger, name),
                LoggerFactory = Log,
                Random = new Random(7 + _workers.Count),
            });
        _workers.Add((consumer, store, consumer.RunAsync(_stopWorkers.Token)));
    }

    public Task AllOwnedAsync(CancellationToken cancellationToken) =>
        Eventually.TrueAsync("every shard has one owner", () => Owned == _shards, TimeSpan.FromSeconds(90), Evidence, cancellationToken);

    /// <summary>Stops the producer, waits until all records are delivered, and checks the invariants.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await _stopPutting.CancelAsync();
        await _putting;
        await Eventually.TrueAsync(
            "every record is delivered",
            () => Ledger.Missing() == 0,
            TimeSpan.FromSeconds(90),
            Evidence,
            cancellationToken);
        await _stopWorkers.CancelAsync();
        await Task.WhenAll(_workers.Select(static w => w.Run));
        Ledger.Verify();
        Assert.True(Ledger.PutCount > 0);
    }

    public int LeasesLost() => Ledger.Events.Count(static e => e.What == ShardEventKind.LeaseLost)
        - Ledger.Events.Count(static e => e.What == ShardEventKind.ShutdownRequested);

    public async ValueTask DisposeAsync()
    {
        await _stopPutting.CancelAsync();
        await _stopWorkers.CancelAsync();
        Proxies.ForEach(static p => p.Faults = FaultPlan.None);
        foreach (var (consumer, store, _) in _workers)
        {
            await consumer.DisposeAsync();
            store.Dispose();
        }

        foreach (var proxy in Proxies)
        {
            await proxy.DisposeAsync();
        }

        _kinesis?.Dispose();
        if (_kinesisServer is not null)
        {
            await _kinesisServer.DisposeAsync();
        }

        _stopPutting.Dispose();
        _stopWorkers.Dispose();
        Log.Dispose();
    }

    public string Evidence() =>
        $"owned {Owned}, put {Ledger.PutCount}, missing {Ledger.Missing()}, lost {LeasesLost()}\n"
        + string.Join(
            '\n',
            _workers.SelectMany(static w => w.Consumer.Shards.Select(s => $"{w.Consumer.WorkerId}: {s.ShardId} {s.State} "
                + $"{s.Owner} {s.Checkpoint}")))
        + "\n" + string.Join('\n', Log.Lines.TakeLast(40));

    private static int OwnedBy(KinesisConsumer consumer) =>
        consumer.Shards.Count(s => s.State == ShardState.Processing && s.Owner == consumer.WorkerId);

    private async Task PutAsync(TimeSpan pause)
    {
        for (var n = 0; !_stopPutting.IsCancellationRequested; n++)
        {
            // Not canceled, because each record that was put must be in the ledger.
            var result = await _kinesis!.PutRecordAsync(_stream, new(new byte[] { 1, 2, 3 }, $"key-{n}"), CancellationToken.None);
            Ledger.Put(result.ShardId, result.SequenceNumber);
            await Task.Delay(pause, CancellationToken.None);
        }
    }
}

/// <summary>Counts warnings by event.</summary>
internal sealed class WarningCounter : ILoggerFactory, ILogger
{
    private readonly ConcurrentDictionary<EventId, int> _warnings = new();

    public ConcurrentQueue<string> Lines { get; } = new();

    public IReadOnlyDictionary<EventId, int> Warnings => _warnings;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        Lines.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {logLevel} {eventId.Id} {formatter(state, exception)} "
            + $"{exception?.Message}");
        if (logLevel >= LogLevel.Warning)
        {
            _warnings.AddOrUpdate(eventId, 1, static (_, n) => n + 1);
        }
    }
}
