using Kcl.Consuming;
using Kcl.Kinesis.Diagnostics;
using Kcl.Leasing;
using Kcl.Leasing.Holding;
using Kcl.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Simulation.Tests;

/// <summary>Tests one whole worker on virtual time, with shard consumers that only hold their leases.</summary>
public sealed class WorkerTests
{
    private readonly InMemoryLeaseStore _table = new();
    private readonly Pretence _pretence = new();
    private readonly VirtualTime _time = new();

    [Fact]
    public Task A_stop_asks_every_shard_and_gives_the_leases_back() => PlayAsync(_table, async (consumer, run, stop) =>
    {
        await RunForAsync(2);
        Assert.Equal(2, _pretence.Consumers.Count);
        Assert.All(_table.Leases, l => Assert.Equal(consumer.WorkerId, l.Owner));
        Assert.Equal([ShardState.Processing, ShardState.Processing], consumer.Shards.Select(s => s.State));
        await stop.CancelAsync();
        await RunForAsync(1);
        Assert.True(run.IsCompletedSuccessfully);
        Assert.All(_table.Leases, l => Assert.Null(l.Owner));
    });

    [Fact]
    public Task A_shard_that_was_given_up_is_released_and_left_alone_for_a_while() => PlayAsync(_table, async (_, _, _) =>
    {
        await RunForAsync(2);
        var first = _pretence.Consumers[0];
        first.End(ShardConsumerOutcome.GaveUp);
        await RunForAsync(9);
        Assert.Null(_table.Find(first.Key)!.Owner);
        await RunForAsync(4);
        Assert.Equal(first.Key, _pretence.Consumers[2].Key);

        // The second time, it leaves the lease to others for longer.
        _pretence.Consumers[2].End(ShardConsumerOutcome.GaveUp);
        await RunForAsync(18);
        Assert.Equal(3, _pretence.Consumers.Count);
        await RunForAsync(5);
        Assert.Equal(4, _pretence.Consumers.Count);
    });

    [Theory]
    [InlineData(1111)] // the consumer could not be created
    [InlineData(1109)] // the shard is finished
    [InlineData(1110)] // the shard was given up
    [InlineData(1209)] // the lease was released
    public Task A_shard_is_not_forgotten_whatever_its_log_does(int eventId) => PlayAsync(
        _table,
        async (_, _, _) =>
        {
            await RunForAsync(2);
            if (eventId is 1110 or 1209)
            {
                _pretence.Consumers[0].End(ShardConsumerOutcome.GaveUp);
            }
            else if (eventId == 1109)
            {
                _pretence.Consumers[0].End(ShardConsumerOutcome.ShardEnded);
            }

            // The lease is released here and taken again: immediately, or after the pause that follows giving up.
            await RunForAsync(1);
            Assert.Equal(eventId == 1109 ? 0 : 1, _table.Leases.Count(l => l.Owner is null));
            await RunForAsync(20);
            Assert.All(_table.Leases, l => Assert.NotNull(l.Owner));
            Assert.Equal(eventId == 1111 ? 2 : 3, _pretence.Consumers.Count);
        },
        new ThrowingLog(eventId),
        eventId == 1111 ? 1 : 0);

    [Fact] // 15
    public Task A_steal_by_a_peer_ends_the_shard_at_the_next_look() => PlayAsync(_table, async (_, _, _) =>
    {
        await RunForAsync(2);
        var stolen = _pretence.Consumers[0];
        var row = _table.Find(stolen.Key)!;
        _table.Write(stolen.Key, LeaseWrite.Update(row.Counter, new() { Owner = new(new("peer")) }));
        await RunForAsync(1.5);
        Assert.Equal(ShardConsumerOutcome.LeaseLost, await stolen.Completion);
    });

    [Fact] // 27, 32: together with workers of KCL 3.x
    public Task Where_a_leader_assigns_leases_none_is_created_or_taken() => PlayAsync(new AssignedFleet(_table), async (_, _, _) =>
    {
        await RunForAsync(200);
        Assert.Empty(_table.Leases);
        Assert.Empty(_pretence.Consumers);
    });

    private Task<bool> PlayAsync(
        ILeaseStore store,
        Func<KinesisConsumer,
        Task,
        CancellationTokenSource,
        Task> play,
        ILoggerFactory? loggers = null,
        int failures = 0) => OneThread.RunAsync(async () =>
    {
        var clock = new VirtualClock(_time);
        using var stop = new CancellationTokenSource();
        await using var consumer = new KinesisConsumer(
            new() { ApplicationName = "app", Stream = SimulatedStream.Name, FailoverTime = TimeSpan.FromSeconds(10) },
            new()
            {
                KinesisClient = new SimulatedKinesis(
                    new(2, clock.GetUtcNow),
                    new(new(new Random(1)), clock, clock, static _ => { }),
                    clock.GetUtcNow,
                    limit: 10),
                LeaseStore = store,
                ProcessorFactory = new NoProcessors(),
                LoggerFactory = loggers ?? NullLoggerFactory.Instance,
                TimeProvider = clock,
                Random = new Random(2),
            },
            (lease, _) => failures-- > 0 ? throw new InvalidOperationException("it cannot be made") : _pretence.Make(lease),
            new LeaseWriting());
        var run = consumer.RunAsync(stop.Token);
        await play(consumer, run, stop);
        await stop.CancelAsync();
        await RunForAsync(1);
        await run;
        return true;
    });

    private Task RunForAsync(double seconds) => _time.RunUntilAsync(_time.Now + TimeSpan.FromSeconds(seconds));

    /// <summary>Claims never to throw, but throws for one event.</summary>
    private sealed class ThrowingLog(int eventId) : INonBlockingLoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId logged,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (logged.Id == eventId)
            {
                throw new IOException("disk full");
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class NoProcessors : IShardRecordProcessorFactory
    {
        public IShardRecordProcessor Create(ShardId shardId) => throw new NotSupportedException();
    }

    private sealed class Pretence
    {
        public List<PretendedConsumer> Consumers { get; } = [];

        public PretendedConsumer Make(IHeldLease lease)
        {
            var consumer = new PretendedConsumer(lease);
            Consumers.Add(consumer);
            return consumer;
        }
    }

    private sealed class PretendedConsumer : IShardConsumer
    {
        private readonly TaskCompletionSource<ShardConsumerOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public PretendedConsumer(IHeldLease lease)
        {
            Key = lease.Key;
            lease.Lost.UnsafeRegister(_ => End(ShardConsumerOutcome.LeaseLost), null);
        }

        public LeaseKey Key { get; }

        public Task<ShardConsumerOutcome> Completion => _completion.Task;

        public ShardConsumerStatus Status => new(ShardConsumerState.Processing, 0, 0, 0, null, 0);

        public void Start()
        {
        }

        public void RequestStop() => End(ShardConsumerOutcome.Stopped);

        public void Abort() => End(ShardConsumerOutcome.Stopped);

        public void End(ShardConsumerOutcome outcome) => _completion.TrySetResult(outcome);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class AssignedFleet(InMemoryLeaseStore table) : ILeaseStore
    {
        public string? ApplicationName => table.ApplicationName;

        public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
            ValueTask.FromResult(
                new LeaseFleet
                {
                    Mode = LeaseFleetMode.Assigned,
                    Evidence = "a row Migration3.0 says CLIENT_VERSION_3X",
                    Advice = "Stop the 3.x workers first.",
                });

        public ValueTask InitializeAsync(CancellationToken cancellationToken) => table.InitializeAsync(cancellationToken);

        public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => table.ListAsync(cancellationToken);

        public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) => table.GetAsync(key, cancellationToken);

        public ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken) =>
            table.TryWriteAsync(key, write, cancellationToken);
    }
}
