using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>
/// Tests that when a child is killed during a batch, its shard continues at the last checkpoint, and other shards are not affected.
/// </summary>
[Collection(TimedScenarios.Name)]
public class ChildKilledTests(ServerPark park)
{
    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.KinesisLocal)]
    [InlineData(ServerKind.Kinesalite)]
    public async Task It_costs_its_own_shard_a_restart_and_nothing_else(ServerKind server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var stream = await TestStream.CreateAsync(park, server, 2, cancellation);
        await stream.PutAsync(1000, cancellation);
        await using var fleet = new Fleet(stream);
        var worker = fleet.Start(new() { CheckpointEvery = 50, PauseMilliseconds = 2 });

        // During a batch: records after a checkpoint were delivered, and more records of the shard follow.
        var victim = default(LedgerEvent);
        await fleet.UntilAsync("a child in the middle of a batch", events =>
        {
            victim = events.GroupBy(e => e.Processor)
                .Where(child => child.Any(e => e.Kind == LedgerEventKind.Checkpointed)
                    && child.Reverse().TakeWhile(e => e.Kind == LedgerEventKind.Delivered).Count() >= 5)
                .Select(child => child.Last()).FirstOrDefault();
            return victim.Processor != 0;
        }, cancellation);
        ExternalProcess.Kill(victim.Processor);

        await fleet.DeliveredAsync(stream.Numbers, cancellation);
        var events = fleet.Ledger.Read();
        Assert.Equal(2, events.Count(e => e.Kind == LedgerEventKind.Started && e.Shard == victim.Shard));
        Assert.Single(events, e => e.Kind == LedgerEventKind.Started && e.Shard != victim.Shard);
        await fleet.StopAsync(worker, cancellation);
        await fleet.AssertInvariantsAsync(cancellation);
    }
}
