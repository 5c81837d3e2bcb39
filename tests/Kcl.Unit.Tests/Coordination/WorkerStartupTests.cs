using Kcl.Coordination;
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
        var context = new LeasingServices(new InMemoryLeaseStore(), new(options.FailoverTime), clock, random, logs);
        using var shards = new ShardListReader(stream, options.Stream.Identifier, clock);
        var watch = new StreamWatch(context, stream, options.Stream.Identifier);
        var sync = new ShardSync(context, shards, watch, InitialPosition.TrimHorizon);
        var posture = new LeaseTakingGate(context);
        var upkeep = new LeaseMaintenance(context, shards, watch, sync, options.ApplicationName, cleansUp: true, static () => { });
        var bootstrap = new Bootstrap(context, watch, shards, sync, posture);
        var prepared = new List<(StreamName Stream, DateTimeOffset Asked, DateTimeOffset At)>();
        var startUp = new WorkerStartup(context, watch, upkeep, bootstrap, posture, (summary, asked, _) =>
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
