using System.Globalization;
using Kcl.Tests.Shared;

namespace Kcl.Integration.Tests.FaultyStore;

/// <summary>
/// Tests workers with a lease store that fails. In all tests, no record is lost, records are in order within a shard, at most one worker's
/// checkpoints are accepted, the checkpoint never moves back (<see cref="ShardLedger.Verify"/>), every shard is owned again afterwards, and
/// the log stays readable.
/// </summary>
/// <remarks><c>KCL_FAULT_SECONDS</c> sets how long each fault lasts; the acceptance run uses 600.</remarks>
public sealed class FaultyStoreTests(DynamoDbLocal dynamoDb, ITestOutputHelper output) : IClassFixture<DynamoDbLocal>
{
    // Short in tests where the lease must be lost; long in tests where it must be kept, so that a busy machine does not cause its loss.
    private static readonly TimeSpan ShortFailover = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongFailover = TimeSpan.FromSeconds(10);
    private static readonly int? LongFaultSeconds = Environment.GetEnvironmentVariable("KCL_FAULT_SECONDS") is { Length: > 0 } seconds
        ? int.Parse(seconds, CultureInfo.InvariantCulture)
        : null;
    private static readonly TimeSpan FaultDuration = TimeSpan.FromSeconds(LongFaultSeconds ?? 9);

    private static readonly Dictionary<string, (FaultPlan Faults, bool MayLose, bool Always)> Plans = new()
    {
        ["nine of ten calls throttled"] = (new() { Throttled = 0.9 }, true, true),
        ["some calls throttled, some replies lost after the write"] = (new() { Throttled = 0.3, RepliesLost = 0.3 }, false, true),
        ["every answer slower than the lease"] = (new() { ReplyDelay = ShortFailover * 2 }, true, true),
        ["cut off for longer than the lease"] = (new() { CutOff = true }, true, true),
        ["half of the calls throttled"] = (new() { Throttled = 0.5 }, false, false),
        ["half of the replies lost after the write"] = (new() { RepliesLost = 0.5 }, false, false),
        ["every call slower than the lease"] = (new() { Delay = ShortFailover * 2 }, true, false),
        ["every call takes half a renewal interval"] = (new() { Delay = LongFailover / 6 }, false, false),
    };

    /// <summary>Gets the names of the faults; all of them only in a long run.</summary>
    public static TheoryData<string> FaultNames =>
        [.. Plans.Where(static p => p.Value.Always || LongFaultSeconds is not null).Select(static p => p.Key)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(FaultNames))]
    public async Task Two_workers_survive(string fault)
    {
        var (faults, mayLose, _) = Plans[fault];
        await using var fleet = await StartAsync(mayLose ? ShortFailover : LongFailover);
        var before = fleet.LeasesLost();
        fleet.Proxies.ForEach(p => p.Faults = faults);
        var calls = fleet.Proxies.Sum(static p => p.Count());
        await Task.Delay(FaultDuration, Token);
        var callsDuringFault = fleet.Proxies.Sum(static p => p.Count()) - calls;
        var lost = fleet.LeasesLost() - before;
        fleet.Proxies.ForEach(static p => p.Faults = FaultPlan.None);
        await fleet.AllOwnedAsync(Token);
        await fleet.FinishAsync(Token);
        var warnings = fleet.Log.Warnings.ToDictionary();
        output.WriteLine($"{fault}, {FaultDuration.TotalSeconds:0} s: {callsDuringFault} calls, {lost} leases lost, "
            + $"{fleet.Ledger.PutCount} records; warnings {string.Join(", ", warnings.Select(static w => $"{w.Key.Id}×{w.Value}"))}");

        Assert.True(mayLose || lost == 0, $"{lost} leases lost\n{fleet.Evidence()}");

        // Each of the two workers may log each kind of warning once a minute, and once for each lease that it lost.
        var minutes = (int)Math.Ceiling(FaultDuration.TotalMinutes) + 1;
        Assert.All(
            warnings,
            w => Assert.True(w.Value <= (2 * minutes) + fleet.LeasesLost(), $"{w.Key} was logged {w.Value} times\n{fleet.Evidence()}"));
    }

    [Fact]
    public async Task One_worker_cut_off_hands_over_to_the_other_and_comes_back()
    {
        await using var fleet = await StartAsync(ShortFailover);
        fleet.Proxies[0].Faults = new() { CutOff = true };
        await Eventually.TrueAsync(
            "the other worker owns every shard", () => fleet.Ledger.Events.Where(static e => e.What == ShardEventKind.Initialized)
                .GroupBy(static e => e.Shard)
                .All(static s => s.Last().Worker == "worker-2"),
            TimeSpan.FromSeconds(90), fleet.Evidence, Token);
        fleet.Proxies[0].Faults = FaultPlan.None;
        await fleet.AllOwnedAsync(Token);
        await fleet.FinishAsync(Token);
    }

    /// <summary>
    /// The number of writes per lease at the default failover time. Java writes each held lease 18.14 times a minute, not counting
    /// checkpoints.
    /// </summary>
    [Theory]
    [InlineData(null)]
    [InlineData(50)]
    public async Task A_lease_is_written_no_more_often_than_it_must(int? millisecondsBetweenPuts)
    {
        const int Shards = 4;
        var span = TimeSpan.FromSeconds(int.Parse(
            Environment.GetEnvironmentVariable("KCL_COST_SECONDS") ?? "10",
            CultureInfo.InvariantCulture));
        TimeSpan? pause = millisecondsBetweenPuts is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
        await using var fleet = await FaultyFleet.StartAsync(dynamoDb.Endpoint, Shards, workers: 1, TimeSpan.FromSeconds(10), pause, Token);
        var proxy = fleet.Proxies[0];
        var (updates, scans, gets, checkpoints) = Now();
        await Task.Delay(span, Token);
        var after = Now();
        var minutes = span.TotalMinutes;
        var writes = (after.Updates - updates) / minutes / Shards;
        var ownCheckpoints = (after.Checkpoints - checkpoints) / minutes / Shards;
        output.WriteLine($"per lease and minute: {writes:0.0} writes, of which {ownCheckpoints:0.0} checkpoints; per worker and "
            + $"minute: {(after.Scans - scans) / minutes:0.0} scans, {(after.Gets - gets) / minutes:0.0} gets");

        // A checkpoint is also a renewal. A busy lease is written only by its checkpoints, except in pauses of its shard.
        var slack = 1 / minutes;
        Assert.InRange(writes - ownCheckpoints, -slack, (pause is null ? 20 : 2) + slack);

        (long Updates, long Scans, long Gets, int Checkpoints) Now() =>
            (
                proxy.Count("UpdateItem"),
                proxy.Count("Scan"),
                proxy.Count("GetItem"),
                fleet.Ledger.Events.Count(static e => e.What == ShardEventKind.Checkpointed));
    }

    private Task<FaultyFleet> StartAsync(TimeSpan failover) =>
        FaultyFleet.StartAsync(dynamoDb.Endpoint, shards: 4, workers: 2, failover, betweenPuts: TimeSpan.FromMilliseconds(10), Token);
}
