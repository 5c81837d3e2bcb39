using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>
/// Tests that LATEST is the time at which the application first described the stream, also for a worker that follows one without any
/// checkpoint.
/// </summary>
public sealed class LatestKeptTests(ServerPark park)
{
    private const int Shards = 2;

    [Theory]
    [InlineData(ServerKind.Embedded, true)]
    [InlineData(ServerKind.Embedded, false)]
    [InlineData(ServerKind.KinesisLocal, true)]
    [InlineData(ServerKind.Kinesalite, true)]
    public async Task Records_put_between_two_runs_without_a_checkpoint_are_delivered(ServerKind server, bool killed)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var stream = await TestStream.CreateAsync(park, server, Shards, cancellation);
        await stream.PutAsync(20, cancellation);

        // Records that were put up to two seconds before the stream was described are read by later workers.
        await Task.Delay(TimeSpan.FromSeconds(4), cancellation);
        await using var fleet = new Fleet(stream);
        var first = fleet.Start(new() { InitialPosition = "LATEST" });
        await StartedAsync(fleet, "w1", cancellation);
        if (killed)
        {
            first.Process.Kill();
        }
        else
        {
            await fleet.StopAsync(first, cancellation);
        }

        await stream.PutAsync(50, cancellation);
        var second = fleet.Start(new() { Name = "w2", InitialPosition = "LATEST" });
        await FinishAsync(stream, fleet, second, cancellation);
    }

    [Fact]
    public async Task Records_put_before_a_peer_takes_a_killed_workers_shards_over_are_delivered()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var stream = await TestStream.CreateAsync(park, ServerKind.Embedded, Shards, cancellation);
        await stream.PutAsync(20, cancellation);
        await Task.Delay(TimeSpan.FromSeconds(4), cancellation);
        await using var fleet = new Fleet(stream);
        var first = fleet.Start(new() { InitialPosition = "LATEST" });
        await StartedAsync(fleet, "w1", cancellation);
        first.Process.Kill();
        var second = fleet.Start(new() { Name = "w2", InitialPosition = "LATEST" });
        await stream.PutAsync(50, cancellation);
        await FinishAsync(stream, fleet, second, cancellation);
    }

    private static Task StartedAsync(Fleet fleet, string worker, CancellationToken cancellationToken) =>
        fleet.UntilAsync(
            $"all shards started by {worker}",
            events => events.Count(e => e.Kind == LedgerEventKind.Started && e.Worker == worker) >= Shards,
            cancellationToken);

    private static async Task FinishAsync(TestStream stream, Fleet fleet, DaemonWorker worker, CancellationToken cancellationToken)
    {
        await fleet.DeliveredAsync([.. stream.Numbers.Skip(20)], cancellationToken);
        await fleet.StopAsync(worker, cancellationToken);
        Assert.Empty(Invariants.Violations(fleet.Ledger.Read(), stream.Numbers.Skip(20), await stream.ParentsAsync(cancellationToken)));
        Assert.DoesNotContain(fleet.Ledger.Read(), e => e is { Kind: LedgerEventKind.Delivered, Number: < 20 });
    }
}
