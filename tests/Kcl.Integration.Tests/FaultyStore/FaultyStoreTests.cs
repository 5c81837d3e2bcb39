using System.Globalization;
using Kcl.Testing.Faults;
using Kcl.Tests.Shared;

namespace Kcl.Integration.Tests.FaultyStore;

/// <summary>
/// The lease store in trouble, over the wire. Whatever it does: nothing is lost, order holds within a shard, at most one worker's checkpoints are accepted,
/// the checkpoint never moves back (<see cref="ShardLedger.Verify"/>), every shard is owned again afterwards, and the log stays readable.
/// </summary>
/// <remarks><c>KCL_FAULT_SECONDS</c> sets how long each trouble lasts; the acceptance run takes 600.</remarks>
public sealed class FaultyStoreTests(DynamoDbLocal dynamoDb, ITestOutputHelper output) : IClassFixture<DynamoDbLocal>
{
    private static readonly TimeSpan Failover = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Trouble = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("KCL_FAULT_SECONDS") ?? "10", CultureInfo.InvariantCulture));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Nine_of_ten_calls_throttled() => SurviveAsync(new() { Throttled = 0.9 }, mayLose: true);

    [Fact]
    public Task One_of_two_calls_throttled_costs_no_lease() => SurviveAsync(new() { Throttled = 0.5 }, mayLose: false);

    [Fact]
    public Task Every_call_slower_than_the_lease() => SurviveAsync(new() { Delay = Failover * 2 }, mayLose: true);

    [Fact]
    public Task Every_answer_slower_than_the_lease() => SurviveAsync(new() { ReplyDelay = Failover * 2 }, mayLose: true);

    [Fact]
    public Task Calls_that_take_half_a_renewal_interval_cost_no_lease() => SurviveAsync(new() { Delay = Failover / 6 }, mayLose: false);

    [Fact]
    public Task One_of_two_replies_lost_after_the_write_costs_no_lease() => SurviveAsync(new() { RepliesLost = 0.5 }, mayLose: false);

    [Fact]
    public Task The_store_cut_off_for_longer_than_the_lease() => SurviveAsync(new() { CutOff = true }, mayLose: true);

    [Fact]
    public async Task One_worker_cut_off_hands_over_to_the_other_and_comes_back()
    {
        await using var fleet = await StartAsync(workers: 2);
        fleet.Proxies[0].Faults = new() { CutOff = true };
        await Eventually.TrueAsync(
            "the other worker owns every shard", () => fleet.Ledger.Events.Where(static e => e.What == ShardEventKind.Initialized).GroupBy(static e => e.Shard).All(static s => s.Last().Worker == "worker-2"),
            Failover * 6, fleet.Evidence, Token);
        fleet.Proxies[0].Faults = FaultPlan.None;
        await fleet.AllOwnedAsync(Token);
        await fleet.FinishAsync(Token);
    }

    /// <summary>What a lease costs at the default failover time; Java writes each held lease 18.14 times a minute, besides its checkpoints.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(50)]
    public async Task A_lease_is_written_no_more_often_than_it_must(int? millisecondsBetweenPuts)
    {
        const int Shards = 4;
        var span = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("KCL_COST_SECONDS") ?? "15", CultureInfo.InvariantCulture));
        TimeSpan? pause = millisecondsBetweenPuts is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
        await using var fleet = await FaultyFleet.StartAsync(dynamoDb.Endpoint, Shards, workers: 1, TimeSpan.FromSeconds(10), pause, Token);
        var proxy = fleet.Proxies[0];
        var (updates, scans, gets, checkpoints) = Now();
        await Task.Delay(span, Token);
        var after = Now();
        var minutes = span.TotalMinutes;
        var writes = (after.Updates - updates) / minutes / Shards;
        var ownCheckpoints = (after.Checkpoints - checkpoints) / minutes / Shards;
        output.WriteLine($"per lease and minute: {writes:0.0} writes, of which {ownCheckpoints:0.0} checkpoints; per worker and minute: {(after.Scans - scans) / minutes:0.0} scans, {(after.Gets - gets) / minutes:0.0} gets");

        // A checkpoint is a renewal too: a busy lease is written by its checkpoints alone, but for a pause of its shard now and then.
        var slack = 1 / minutes;
        Assert.InRange(writes - ownCheckpoints, -slack, (pause is null ? 22.6 : 2) + slack);

        (long Updates, long Scans, long Gets, int Checkpoints) Now() =>
            (proxy.Count("UpdateItem"), proxy.Count("Scan"), proxy.Count("GetItem"), fleet.Ledger.Events.Count(static e => e.What == ShardEventKind.Checkpointed));
    }

    private async Task SurviveAsync(FaultPlan faults, bool mayLose)
    {
        await using var fleet = await StartAsync(workers: 2);
        var before = fleet.LeasesLost();
        fleet.Proxies.ForEach(p => p.Faults = faults);
        var calls = fleet.Proxies.Sum(static p => p.Count());
        await Task.Delay(Trouble, Token);
        var callsInTrouble = fleet.Proxies.Sum(static p => p.Count()) - calls;
        var lost = fleet.LeasesLost() - before;
        fleet.Proxies.ForEach(static p => p.Faults = FaultPlan.None);
        await fleet.AllOwnedAsync(Token);
        await fleet.FinishAsync(Token);
        var warnings = fleet.Log.Warnings.ToDictionary();
        output.WriteLine($"{Trouble.TotalSeconds:0} s: {callsInTrouble} calls, {lost} leases lost, {fleet.Ledger.PutCount} records; warnings {string.Join(", ", warnings.Select(static w => $"{w.Key.Id}×{w.Value}"))}");

        Assert.True(mayLose || lost == 0, $"{lost} leases lost\n{fleet.Evidence()}");

        // Of each kind, each of the two workers may warn once a minute, and once for each lease it really lost.
        var minutes = (int)Math.Ceiling(Trouble.TotalMinutes) + 1;
        Assert.All(warnings, w => Assert.True(w.Value <= (2 * minutes) + fleet.LeasesLost(), $"{w.Key} was logged {w.Value} times\n{fleet.Evidence()}"));
    }

    private Task<FaultyFleet> StartAsync(int workers) => FaultyFleet.StartAsync(dynamoDb.Endpoint, shards: 4, workers, Failover, betweenPuts: TimeSpan.FromMilliseconds(10), Token);
}
