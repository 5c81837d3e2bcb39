using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>Tests where an application without leases starts, and that an application with leases resumes.</summary>
public class StartingPositionTests(ServerPark park)
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.KinesisLocal)]
    [InlineData(ServerKind.Kinesalite)]
    public async Task Trim_horizon_reads_everything_and_a_restart_continues(ServerKind server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var stream = await TestStream.CreateAsync(park, server, 2, cancellation);
        await stream.PutAsync(50, cancellation);
        var ledger = new MemoryLedger(checkpointEvery: 5);

        for (var run = 0; run < 2; run++)
        {
            await using var worker = InProcessWorker.Start(stream, folder.File("leases.db"), ledger, InitialPosition.TrimHorizon);
            await worker.DeliveredAsync(ledger, stream.Numbers, WaitTimeout, cancellation);
            await worker.StopAsync();
            await stream.PutAsync(run == 0 ? 50 : 0, cancellation);
        }

        // At the stop, all records were checkpointed, so none is delivered twice.
        Assert.Empty(Invariants.Violations(ledger.Read(), stream.Numbers, await stream.ParentsAsync(cancellation)));
        Assert.Equal(100, ledger.Read().Count(e => e.Kind == LedgerEventKind.Delivered));
    }

    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.KinesisLocal)]
    [InlineData(ServerKind.Kinesalite)]
    public async Task Latest_reads_what_is_put_from_now_on(ServerKind server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var stream = await TestStream.CreateAsync(park, server, 2, cancellation);
        await stream.PutAsync(50, cancellation);
        var ledger = new MemoryLedger(checkpointEvery: 5);
        await using var worker = InProcessWorker.Start(stream, folder.File("leases.db"), ledger, InitialPosition.Latest);

        // A shard at LATEST has started when its first read was answered. From then on, its lag is known.
        await Eventually.TrueAsync(
            "both shards read",
            () => worker.Shards.Count(shard => shard.MillisBehindLatest is not null) == 2,
            WaitTimeout,
            worker.Describe,
            cancellation);
        await stream.PutAsync(50, cancellation);
        await worker.DeliveredAsync(ledger, stream.Numbers.Skip(50), WaitTimeout, cancellation);
        await worker.StopAsync();

        Assert.Empty(Invariants.Violations(ledger.Read(), stream.Numbers.Skip(50), await stream.ParentsAsync(cancellation)));
        Assert.DoesNotContain(ledger.Read(), e => e is { Kind: LedgerEventKind.Delivered, Number: < 50 });
    }

    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.KinesisLocal)]
    [InlineData(ServerKind.Kinesalite)]
    public async Task A_timestamp_reads_from_that_instant(ServerKind server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var stream = await TestStream.CreateAsync(park, server, 2, cancellation);
        await stream.PutAsync(50, cancellation);

        // Servers round arrival times, and kinesalite rounds the time of the iterator to whole seconds. A distance of two seconds is
        // enough.
        await Task.Delay(TimeSpan.FromSeconds(2), cancellation);
        var instant = TimeProvider.System.GetUtcNow();
        await Task.Delay(TimeSpan.FromSeconds(2), cancellation);
        await stream.PutAsync(50, cancellation);

        var ledger = new MemoryLedger(checkpointEvery: 5);
        await using var worker = InProcessWorker.Start(stream, folder.File("leases.db"), ledger, InitialPosition.AtTimestamp(instant));
        await worker.DeliveredAsync(ledger, stream.Numbers.Skip(50), WaitTimeout, cancellation);
        await worker.StopAsync();

        Assert.Empty(Invariants.Violations(ledger.Read(), stream.Numbers.Skip(50), await stream.ParentsAsync(cancellation)));
        Assert.DoesNotContain(ledger.Read(), e => e is { Kind: LedgerEventKind.Delivered, Number: < 50 });
    }
}
