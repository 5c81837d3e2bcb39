using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>Tests that while shards are split and merged, no record is lost, and child shards start after their parents.</summary>
public class ReshardingTests(ServerPark park)
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.KinesisLocal)]
    [InlineData(ServerKind.Kinesalite)]
    public async Task Two_to_four_to_two_shards_while_putting(ServerKind server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var stream = await TestStream.CreateAsync(park, server, 2, cancellation);
        var ledger = new MemoryLedger(checkpointEvery: 7);
        await using var worker = InProcessWorker.Start(stream, folder.File("leases.db"), ledger, InitialPosition.TrimHorizon);
        await stream.PutAsync(100, cancellation);
        await worker.DeliveredAsync(ledger, stream.Numbers, WaitTimeout, cancellation);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var putting = stream.KeepPuttingAsync(TimeSpan.FromMilliseconds(30), stop.Token);
        await stream.DoubleAsync(cancellation);
        await Eventually.TrueAsync("records from four more shards", () => Shards() == 6, WaitTimeout, worker.Describe, cancellation);
        await stream.HalveAsync(cancellation);
        await Eventually.TrueAsync("records from two more shards", () => Shards() == 8, WaitTimeout, worker.Describe, cancellation);
        await stop.CancelAsync();
        await putting;

        await worker.DeliveredAsync(ledger, stream.Numbers, WaitTimeout, cancellation);
        await worker.StopAsync();
        var parents = await stream.ParentsAsync(cancellation);
        Assert.Equal(6, parents.Count);
        Assert.Empty(Invariants.Violations(ledger.Read(), stream.Numbers, parents));
        Assert.Equal(6, Ended(ledger));

        int Shards() => ledger.Read().Where(e => e.Kind == LedgerEventKind.Delivered).Select(e => e.Shard).Distinct().Count();
    }

    private static int Ended(MemoryLedger ledger) =>
        ledger.Read().Where(e => e.Kind == LedgerEventKind.ShardEnded).Select(e => e.Shard).Distinct().Count();
}
