using Kcl.Coordination;
using Kcl.Coordination.Assignment;
using Kcl.Coordination.ShardSync;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;
using Kcl.Testing;
using Kcl.Unit.Tests.Consuming;
using Kcl.Unit.Tests.Internal;

namespace Kcl.Unit.Tests.Coordination;

public sealed class WorkerStartupTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly ListedStream _stream = new() { Shards = Shards.Example() };
    private ShardListReader? _shards;

    [Fact]
    public async Task Retrieval_is_prepared_with_the_stream_and_the_time_at_which_it_was_described_however_late_that_is()
    {
        using var logs = new LogCollector();
        var prepared = new List<(StreamName Stream, DateTimeOffset Asked, DateTimeOffset At)>();
        var startup = Create(new InMemoryLeaseStore(), logs, (summary, asked, _) =>
        {
            prepared.Add((summary.StreamName, asked, _clock.GetUtcNow()));
            return prepared.Count < 4 ? throw new KinesisException(KinesisErrorCode.Throttled, "too many") : Task.CompletedTask;
        });
        var started = _clock.GetUtcNow();

        await _clock.RunUntilAsync(startup.RunAsync(TestContext.Current.CancellationToken));

        Assert.Equal(4, prepared.Count);
        Assert.All(prepared, call => Assert.Equal((new StreamName("words"), started), (call.Stream, call.Asked)));
        Assert.True(prepared[^1].At > started);
    }

    [Fact]
    public async Task A_permanent_failure_of_the_stream_ends_the_start_although_the_store_could_still_be_retried()
    {
        using var logs = new LogCollector();
        _stream.DescriptionFailure = new KinesisException(KinesisErrorCode.AccessDenied, "no credentials");
        var startup = Create(new FailingStore(static () => new DependencyException("no answer")), logs);

        var failure = await Assert.ThrowsAsync<KinesisException>(() => RunAsync(startup));

        Assert.Equal("no credentials", failure.Message);
    }

    [Fact]
    public async Task A_permanent_failure_of_the_store_ends_the_start_although_the_stream_could_still_be_retried()
    {
        using var logs = new LogCollector();
        _stream.DescriptionFailure = new KinesisException(KinesisErrorCode.Unreachable, "no answer");
        var startup = Create(new FailingStore(static () => new InvalidStateException("no permission")), logs);

        var failure = await Assert.ThrowsAsync<InvalidStateException>(() => RunAsync(startup));

        Assert.Equal("no permission", failure.Message);
    }

    [Fact]
    public async Task A_permanent_failure_after_transient_ones_ends_the_start_too()
    {
        using var logs = new LogCollector();
        var calls = 0;
        _stream.DescriptionFailure = new KinesisException(KinesisErrorCode.Unreachable, "no answer");
        var startup = Create(
            new FailingStore(() => ++calls < 4 ? new DependencyException("no answer") : new InvalidStateException("no permission")), logs);

        var failure = await Assert.ThrowsAsync<InvalidStateException>(() => RunAsync(startup));

        Assert.Equal("no permission", failure.Message);
    }

    [Fact]
    public async Task A_start_that_waits_for_the_store_and_the_stream_can_be_canceled()
    {
        using var logs = new LogCollector();
        using var stop = new CancellationTokenSource();
        _stream.DescriptionFailure = new KinesisException(KinesisErrorCode.Unreachable, "no answer");
        var start = Create(new FailingStore(static () => new DependencyException("no answer")), logs).RunAsync(stop.Token);
        await _clock.AdvanceToNextTimerAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _clock.RunUntilAsync(start));
    }

    public void Dispose() => _shards?.Dispose();

    /// <summary>Runs a start, and cancels it if it has not ended after ten minutes of virtual time.</summary>
    private async Task RunAsync(WorkerStartup startup)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10), _clock);
        try
        {
            await _clock.RunUntilAsync(startup.RunAsync(limit.Token));
        }
        finally
        {
            Assert.False(limit.IsCancellationRequested, "The start did not end.");
        }
    }

    private WorkerStartup Create(ILeaseStore store, LogCollector logs, PrepareRetrieval? prepareRetrieval = null)
    {
        var options = new KinesisConsumerOptions { ApplicationName = "app", Stream = new StreamName("words") };
        var services = new CoordinationServices(new LeasingServices(store, new(options.FailoverTime), _clock, new Random(1), logs), logs);
        _shards = new ShardListReader(_stream, options.Stream.Identifier, _clock);
        var watch = new StreamMonitor(services, _stream, options.Stream.Identifier);
        var sync = new LeaseCreator(services, _shards, watch, StartPosition.TrimHorizon);
        var gate = new LeaseTakingGate(services);
        var settings = Shards.Settings(StartPosition.TrimHorizon);
        var maintenance = new LeaseMaintenance(services, _shards, watch, sync, settings, static () => { });
        var firstLeases = new FirstLeaseCreator(services, watch, _shards, sync, gate);
        return new(services, watch, maintenance, firstLeases, gate, prepareRetrieval ?? (static (_, _, _) => Task.CompletedTask));
    }

    /// <summary>A store whose initialization always fails.</summary>
    private sealed class FailingStore(Func<Exception> fail) : ILeaseStore
    {
        private readonly InMemoryLeaseStore _store = new();

        public string? ApplicationName => null;

        public ValueTask InitializeAsync(CancellationToken cancellationToken) => throw fail();

        public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => _store.ListAsync(cancellationToken);

        public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) => _store.GetAsync(key, cancellationToken);

        public ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken) =>
            _store.TryWriteAsync(key, write, cancellationToken);

        public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
            _store.InspectFleetAsync(listed, cancellationToken);
    }
}
