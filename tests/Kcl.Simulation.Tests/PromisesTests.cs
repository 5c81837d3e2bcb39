using System.Globalization;
using Kcl.Leasing;

namespace Kcl.Simulation.Tests;

/// <summary>Tests, on virtual time, what a fleet promises while its services work.</summary>
public sealed class PromisesTests
{
    private static readonly TimeSpan Failover = TimeSpan.FromSeconds(10);

    [Fact]
    public Task A_single_worker_on_an_empty_table_reads_within_a_moment_and_a_half() => PlayAsync(shards: 8, async fleet =>
    {
        fleet.Put();
        fleet.Join();
        await fleet.Time.RunUntilAsync(TimeSpan.FromSeconds(1.5), () => fleet.Invariants.Deliveries > 0);
        Assert.True(fleet.Invariants.Deliveries > 0, "nothing was delivered");
    });

    [Fact]
    public Task A_worker_that_joins_has_its_share_within_ten_seconds() => PlayAsync(shards: 8, async fleet =>
    {
        fleet.Join();
        await RunForAsync(fleet, 20);
        fleet.Join();
        await RunForAsync(fleet, 10, fleet.Balanced);
        Assert.True(fleet.Balanced(), fleet.Counts());
        var moves = fleet.Invariants.Moves.Count;
        await RunForAsync(fleet, 60);
        Assert.Equal(moves, fleet.Invariants.Moves.Count);
    });

    [Fact]
    public Task Shards_of_a_worker_that_stops_continue_within_two_seconds() => PlayAsync(shards: 8, async fleet =>
    {
        var first = fleet.Join();
        fleet.Join();
        await RunForAsync(fleet, 30, fleet.Balanced);
        first.Stop();
        await RunForAsync(fleet, 2, fleet.AllOwned);
        Assert.True(fleet.AllOwned(), fleet.Counts());
    });

    [Fact]
    public Task Shards_of_a_worker_that_dies_continue_within_failover_time_and_two_seconds() => PlayAsync(shards: 8, async fleet =>
    {
        var first = fleet.Join();
        fleet.Join();
        await RunForAsync(fleet, 30, fleet.Balanced);
        first.Clock.Kill();
        await RunForAsync(fleet, Failover.TotalSeconds + 2, fleet.AllOwned);
        Assert.True(fleet.AllOwned(), fleet.Counts());
    });

    [Fact]
    public Task A_rolling_restart_of_ten_leaves_no_shard_alone_for_long_and_moves_few_leases() => PlayAsync(shards: 20, async fleet =>
    {
        var workers = Enumerable.Range(0, 10).Select(_ => fleet.Join()).ToList();
        await RunForAsync(fleet, 60, fleet.Balanced);
        Assert.True(fleet.Balanced(), fleet.Counts());
        var before = fleet.Invariants.Moves.Count;
        foreach (var worker in workers)
        {
            fleet.Put();
            fleet.Join();
            await RunForAsync(fleet, 5);
            worker.Stop();
            await RunForAsync(fleet, 10, () => worker.Run.IsCompleted);
            await RunForAsync(fleet, 5);
        }

        await RunForAsync(fleet, 30, fleet.Balanced);
        Assert.True(fleet.Balanced(), fleet.Counts());
        var moves = fleet.Invariants.Moves.Skip(before).ToList();
        var taken = moves.Count(m => m.Owner is not null);
        Tell($"20 leases, 10 workers replaced: {taken} leases taken, alone for at most {LongestAlone(moves).TotalSeconds:0.0} s");
        Assert.True(LongestAlone(moves) <= TimeSpan.FromSeconds(3), $"a shard was alone for {LongestAlone(moves)}");
        Assert.True(taken <= 2 * 20, $"{taken} leases were taken");
    });

    [Fact]
    public Task An_idle_lease_is_written_less_often_than_by_Java() => PlayAsync(shards: 10, async fleet =>
    {
        fleet.Join();
        await RunForAsync(fleet, 60);
        var before = fleet.Invariants.Writes;
        await RunForAsync(fleet, 600);
        var perLeaseAndMinute = (fleet.Invariants.Writes - before) / 100.0;
        Tell($"{perLeaseAndMinute:0.0} writes per idle lease and minute");
        Assert.True(perLeaseAndMinute <= 18.1, $"{perLeaseAndMinute} writes per lease and minute");
    });

    private static Task<bool> PlayAsync(int shards, Func<SimulatedFleet, Task> play) => OneThread.RunAsync(async () =>
    {
        var fleet = SimulatedFleet.Scripted(seed: 1, shards, new() { FailoverTime = Failover });
        await play(fleet);
        Assert.True(fleet.Timeline.Violation is null, fleet.Timeline.Violation);
        return true;
    });

    private static Task RunForAsync(SimulatedFleet fleet, double seconds, Func<bool>? done = null) =>
        fleet.Time.RunUntilAsync(fleet.Time.Now + TimeSpan.FromSeconds(seconds), done);

    private static TimeSpan LongestAlone(IEnumerable<(TimeSpan At, LeaseKey Key, WorkerId? Owner)> moves) =>
        moves.GroupBy(m => m.Key)
            .SelectMany(g => g.Zip(g.Skip(1)))
            .Where(p => p.First.Owner is null)
            .Select(p => p.Second.At - p.First.At)
            .DefaultIfEmpty()
            .Max();

    private static void Tell(FormattableString what) =>
        TestContext.Current.TestOutputHelper?.WriteLine(what.ToString(CultureInfo.InvariantCulture));
}
