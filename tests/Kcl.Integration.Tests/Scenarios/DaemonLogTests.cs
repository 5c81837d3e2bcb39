using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>Tests daemons whose log cannot be written: a full disk, or a pipe that nobody reads. Only log lines may be lost.</summary>
[Collection(TimedScenarios.Name)]
public sealed class DaemonLogTests(ServerPark park)
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UsualStop = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_child_that_prints_continues_while_the_disk_under_the_log_is_full()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var disk = await LogDisk.CreateAsync(cancellation);
        await using var stream = await TestStream.CreateAsync(park, ServerKind.Embedded, 1, cancellation);
        await using var fleet = new Fleet(stream);
        var worker = fleet.Start(new() { CheckpointEvery = 1, StderrBytes = 6000, Redirection = $"2>>{disk.File}" });
        do
        {
            await PutAndDeliverAsync(stream, fleet, 1, cancellation);
        }
        while (!disk.IsFull);

        // More than the capacity of the pipe of a child's stderr.
        for (var batch = 0; batch < 15; batch++)
        {
            await PutAndDeliverAsync(stream, fleet, 1, cancellation);
        }

        if (disk.CanBeFreed)
        {
            disk.Free();
            await Eventually.TrueAsync(
                "the count of lost lines",
                () => disk.Text.Contains("Log entries are missing here since", StringComparison.Ordinal),
                WaitTimeout,
                () => disk.Text,
                cancellation);
            await PutAndDeliverAsync(stream, fleet, 1, cancellation);
            await Eventually.TrueAsync(
                "a line of the child",
                () => disk.Text.Contains("] chatter....", StringComparison.Ordinal),
                WaitTimeout,
                () => disk.Text,
                cancellation);
            Assert.Contains("No space left on device", disk.Text, StringComparison.Ordinal);
        }

        await StopAsync(fleet, [worker], cancellation);
        await fleet.AssertInvariantsAsync(cancellation);
        Assert.Single(fleet.Ledger.Read(), e => e.Kind == LedgerEventKind.Started);
    }

    [Fact]
    public async Task A_child_that_is_killed_while_the_disk_under_the_log_is_full_is_replaced()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var disk = await LogDisk.CreateAsync(cancellation);
        await using var stream = await TestStream.CreateAsync(park, ServerKind.Embedded, 2, cancellation);
        await using var fleet = new Fleet(stream);
        var worker = fleet.Start(new() { CheckpointEvery = 1, Redirection = $"2>>{disk.File}" });
        await PutAndDeliverAsync(stream, fleet, 20, cancellation);

        disk.Fill();
        var victim = fleet.Ledger.Read().First(e => e.Kind == LedgerEventKind.Delivered);
        ExternalProcess.Kill(victim.Processor);
        await fleet.UntilAsync(
            "another child",
            events => events.Count(e => e.Kind == LedgerEventKind.Started && e.Shard == victim.Shard) == 2,
            cancellation);
        await PutAndDeliverAsync(stream, fleet, 20, cancellation);

        if (disk.CanBeFreed)
        {
            disk.Free();
            await Eventually.TrueAsync(
                "the count of lost lines",
                () => disk.Text.Contains("Log entries are missing here since", StringComparison.Ordinal),
                WaitTimeout,
                () => disk.Text,
                cancellation);
        }

        await StopAsync(fleet, [worker], cancellation);
        await fleet.AssertInvariantsAsync(cancellation);
        Assert.Equal(3, fleet.Ledger.Read().Count(e => e.Kind == LedgerEventKind.Started));
    }

    [Fact]
    public async Task No_shard_stops_and_every_daemon_does_when_nobody_reads_the_pipe_that_the_log_goes_to()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var pipe = await UnreadPipe.CreateAsync(cancellation);
        await using var stream = await TestStream.CreateAsync(park, ServerKind.Embedded, 4, cancellation);
        await using var fleet = new Fleet(stream);
        DaemonWorker Start(string name) =>
            fleet.Start(new() { Name = name, CheckpointEvery = 1, StderrBytes = 6000, Redirection = $">{pipe.Name} 2>&1" });
        var first = Start("w1");
        await fleet.UntilAsync("all shards on the first worker", events => Fleet.Owners(events).Count == 4, cancellation);
        var second = Start("w2");
        await fleet.UntilAsync(
            "two shards on each worker",
            events => Fleet.Owners(events) is { Count: 4 } owners
                && owners.Values.Count(name => name == "w2") == 2
                && events.Count(e => e is { Kind: LedgerEventKind.LeaseLost, Worker: "w1" }) == 2,
            cancellation);
        var started = fleet.Ledger.Read().Count(e => e.Kind == LedgerEventKind.Started);

        // Each round is a batch for every shard. After three rounds, the pipe of the log is full; after 15 more, that of each child would
        // be full.
        for (var round = 0; round < 18; round++)
        {
            await PutAndDeliverAsync(stream, fleet, 64, cancellation);
        }

        Assert.Equal(started, fleet.Ledger.Read().Count(e => e.Kind == LedgerEventKind.Started));
        await StopAsync(fleet, [first, second], cancellation);
        await fleet.AssertInvariantsAsync(cancellation);
        var log = await pipe.ReadAsync(cancellation);
        Assert.True(log.Length > 56 * 1024, $"The pipe was not full: {log.Length} characters.");
    }

    private static async Task PutAndDeliverAsync(TestStream stream, Fleet fleet, int count, CancellationToken cancellationToken)
    {
        await stream.PutAsync(count, cancellationToken);
        await fleet.DeliveredAsync(stream.Numbers, cancellationToken);
    }

    private static async Task StopAsync(Fleet fleet, DaemonWorker[] workers, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(workers.Select(worker => fleet.StopAsync(worker, cancellationToken)));
        var took = TimeProvider.System.GetElapsedTime(started);
        Assert.True(took < UsualStop, $"The stop took {took}.\n{fleet.Describe()}");
    }
}
