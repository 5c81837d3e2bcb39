using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>Tests that shards are split and merged while a daemon and its children run and records are put.</summary>
[Collection(TimedScenarios.Name)]
public class DaemonReshardingTests(ServerPark park)
{
    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.KinesisLocal)]
    [InlineData(ServerKind.Kinesalite)]
    public async Task Two_to_four_to_two_shards_while_putting(ServerKind server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var stream = await TestStream.CreateAsync(park, server, 2, cancellation);
        await using var fleet = new Fleet(stream);
        var worker = fleet.Start(new());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var putting = stream.KeepPuttingAsync(TimeSpan.FromMilliseconds(30), stop.Token);
        await fleet.UntilAsync("records from both shards", events => Shards(events).Count() == 2, cancellation);
        await stream.DoubleAsync(cancellation);
        await fleet.UntilAsync("records from four more shards", events => Shards(events).Count() == 6, cancellation);
        await stream.HalveAsync(cancellation);
        await fleet.UntilAsync("records from two more shards", events => Shards(events).Count() == 8, cancellation);
        await stop.CancelAsync();
        await putting;

        await fleet.DeliveredAsync(stream.Numbers, cancellation);
        await fleet.UntilAsync("six shards finished", events => events.Count(e => e.Kind == LedgerEventKind.ShardEnded) == 6, cancellation);
        await fleet.StopAsync(worker, cancellation);
        await fleet.AssertInvariantsAsync(cancellation);
    }

    private static IEnumerable<ShardId> Shards(IReadOnlyList<LedgerEvent> events) =>
        events.Where(e => e.Kind == LedgerEventKind.Delivered).Select(e => e.Shard).Distinct();
}
