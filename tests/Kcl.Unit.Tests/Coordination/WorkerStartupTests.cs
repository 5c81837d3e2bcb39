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

public sealed class WorkerStartupTests
{
    [Fact]
    public async Task Retrieval_is_prepared_with_the_stream_and_the_time_at_which_it_was_described_however_late_that_is()
    {
        var clock = new TestClock();
        var random = new Random(1);
        using var logs = new LogCollector();
        var stream = new ListedStream { Shards = Shards.Example() };
        var options = new KinesisConsumerOptions { ApplicationName = "app", Stream = new StreamName("words") };
        var services = new CoordinationServices(
            new LeasingServices(new InMemoryLeaseStore(), new(options.FailoverTime), clock, random, logs), logs);
        using var shards = new ShardListReader(stream, options.Stream.Identifier, clock);
        var watch = new StreamMonitor(services, stream, options.Stream.Identifier);
        var sync = new LeaseCreator(services, shards, watch, StartPosition.TrimHorizon);
        var gate = new LeaseTakingGate(services);
        var settings = Shards.Settings(StartPosition.TrimHorizon);
        var maintenance = new LeaseMaintenance(services, shards, watch, sync, settings, static () => { });
        var firstLeases = new FirstLeaseCreator(services, watch, shards, sync, gate);
        var prepared = new List<(StreamName Stream, DateTimeOffset Asked, DateTimeOffset At)>();
        var startUp = new WorkerStartup(services, watch, maintenance, firstLeases, gate, (summary, asked, _) =>
        {
            prepared.Add((summary.StreamName, asked, clock.GetUtcNow()));
            return prepared.Count < 4 ? throw new KinesisException(KinesisErrorCode.Throttled, "too many") : Task.CompletedTask;
        });
        var started = clock.GetUtcNow();

        await clock.RunUntilAsync(startUp.RunAsync(TestContext.Current.CancellationToken));

        Assert.Equal(4, prepared.Count);
        Assert.All(prepared, call => Assert.Equal((options.Stream.Identifier.Name, started), (call.Stream, call.Asked)));
        Assert.True(prepared[^1].At > started);
    }
}
