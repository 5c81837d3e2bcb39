using Kcl.Leasing;
using Kcl.Leasing.Administration;
using Kcl.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Leasing.Administration;

public class LeaseAdministratorTests
{
    private static readonly WorkerId Live = new("live");
    private static readonly WorkerId Dead = new("dead");
    private readonly InMemoryLeaseStore _store = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LeaseAdministrator _administrator;
    private readonly HashSet<LeaseKey> _renewed = [];

    public LeaseAdministratorTests() => _administrator = new(_store, TimeSpan.FromSeconds(10), _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lease_of_a_live_worker_is_refused_and_nothing_is_written()
    {
        var lease = await AddAsync(1, Live);
        _renewed.Add(lease.Key);
        var plan = await PlanAsync(LeaseOperation.Reset(ExtendedSequenceNumber.TrimHorizon));
        var step = Assert.Single(plan.Steps);
        Assert.Equal((OwnerLiveness.Live, LeaseStepAction.Refuse), (step.Liveness, step.Action));
        Assert.Contains("live", step.Description, StringComparison.Ordinal);
        Assert.False(plan.CanApply);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _administrator.ApplyAsync(plan, Token));
        Assert.Equal(lease.Checkpoint, (await _store.GetAsync(lease.Key, Token))!.Checkpoint);
    }

    [Fact]
    public async Task A_dead_workers_lease_is_reset_after_one_failover_time()
    {
        var lease = await AddAsync(1, Dead, pending: ExtendedSequenceNumber.Parse("99"));
        var before = _time.GetUtcNow();
        var plan = await PlanAsync(LeaseOperation.Reset(ExtendedSequenceNumber.TrimHorizon));
        Assert.InRange(_time.GetUtcNow() - before, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
        Assert.Equal(OwnerLiveness.Silent, Assert.Single(plan.Steps).Liveness);

        var outcome = Assert.Single(await _administrator.ApplyAsync(plan, Token));
        Assert.Equal(LeaseWriteStatus.Written, outcome.Status);
        var row = (await _store.GetAsync(lease.Key, Token))!;
        Assert.Equal(
            (ExtendedSequenceNumber.TrimHorizon, null, null, 0, lease.Counter + 1),
            (row.Checkpoint, row.PendingCheckpoint, row.Owner, row.OwnerSwitchesSinceCheckpoint, row.Counter));
    }

    [Fact]
    public async Task Unowned_leases_need_no_watching()
    {
        await AddAsync(1, null);
        var before = _time.GetUtcNow();
        Assert.True((await _administrator.PlanAsync(
            LeaseOperation.Reset(ExtendedSequenceNumber.Latest),
            null,
            force: false,
            Token)).CanApply);
        Assert.Equal(before, _time.GetUtcNow());
    }

    [Fact]
    public async Task A_write_after_the_plan_makes_the_step_a_conflict()
    {
        var lease = await AddAsync(1, null);
        var plan = await _administrator.PlanAsync(LeaseOperation.Delete, null, force: false, Token);
        await _store.TryWriteAsync(lease.Key, LeaseWrite.Update(lease.Counter, new() { Owner = new(Live) }), Token);
        var outcome = Assert.Single(await _administrator.ApplyAsync(plan, Token));
        Assert.Equal(LeaseWriteStatus.Conflict, outcome.Status);
        Assert.Equal(Live, (await _store.GetAsync(lease.Key, Token))!.Owner);
    }

    [Fact]
    public async Task Force_takes_a_lease_from_a_worker_that_keeps_renewing()
    {
        var lease = await AddAsync(1, Live);
        var plan = await _administrator.PlanAsync(LeaseOperation.Release, null, force: true, Token);
        await _store.TryWriteAsync(lease.Key, LeaseWrite.Update(lease.Counter, new()), Token);
        Assert.Equal(LeaseWriteStatus.Written, Assert.Single(await _administrator.ApplyAsync(plan, Token)).Status);
        Assert.Null((await _store.GetAsync(lease.Key, Token))!.Owner);

        // The next write of the worker, with its last known counter, is refused.
        Assert.Equal(
            LeaseWriteStatus.Conflict,
            (await _store.TryWriteAsync(
                lease.Key,
                LeaseWrite.Update(lease.Counter + 1, new() { Checkpoint = ExtendedSequenceNumber.Latest }),
                Token)).Status);
    }

    [Fact]
    public async Task A_release_keeps_the_checkpoint_and_passes_over_what_nobody_owns()
    {
        var owned = await AddAsync(1, Dead);
        await AddAsync(2, null);
        var plan = await PlanAsync(LeaseOperation.Release);
        Assert.Equal([LeaseStepAction.Write, LeaseStepAction.Skip], plan.Steps.Select(static s => s.Action));
        await _administrator.ApplyAsync(plan, Token);
        var row = (await _store.GetAsync(owned.Key, Token))!;
        Assert.Equal((null, owned.Checkpoint), (row.Owner, row.Checkpoint));
    }

    [Fact]
    public async Task Only_the_shards_named_are_meant_and_an_unknown_one_is_named_back()
    {
        await AddAsync(1, null);
        var second = await AddAsync(2, null);
        var plan = await _administrator.PlanAsync(LeaseOperation.Delete, [second.ShardId], force: false, Token);
        Assert.Equal(second.Key, Assert.Single(plan.Steps).Lease.Key);
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await _administrator.PlanAsync(
            LeaseOperation.Delete,
            [new("shardId-000000000009")],
            force: false,
            Token));
        Assert.Contains("shardId-000000000009", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resets_say_what_follows_from_them()
    {
        var parent = await AddAsync(1, null, checkpoint: ExtendedSequenceNumber.ShardEnd);
        await AddAsync(2, null, parent: parent.ShardId);

        var latest = await _administrator.PlanAsync(LeaseOperation.Reset(ExtendedSequenceNumber.Latest), null, force: false, Token);
        Assert.Equal([LeaseStepAction.Skip, LeaseStepAction.Write], latest.Steps.Select(static s => s.Action));
        Assert.Contains(latest.Notes, static n => n.Contains("skips", StringComparison.Ordinal));

        var horizon = await _administrator.PlanAsync(LeaseOperation.Reset(ExtendedSequenceNumber.TrimHorizon), null, force: false, Token);
        Assert.All(horizon.Steps, static s => Assert.Equal(LeaseStepAction.Write, s.Action));
        Assert.Empty(horizon.Notes);

        var parentOnly = await _administrator.PlanAsync(
            LeaseOperation.Reset(ExtendedSequenceNumber.TrimHorizon),
            [parent.ShardId],
            force: false,
            Token);
        Assert.Contains(
            parentOnly.Notes,
            static n => n.Contains("shardId-000000000002", StringComparison.Ordinal)
                && n.Contains("out of order", StringComparison.Ordinal));

        var timestamp = await _administrator.PlanAsync(LeaseOperation.Reset(ExtendedSequenceNumber.AtTimestamp), null, force: false, Token);
        Assert.Contains(timestamp.Notes, static n => n.Contains("start timestamp", StringComparison.Ordinal));
    }

    [Fact]
    public void A_lease_can_be_reset_to_a_named_position_only()
    {
        Assert.Throws<ArgumentException>(() => LeaseOperation.Reset(ExtendedSequenceNumber.Parse("12")));
        Assert.Throws<ArgumentException>(() => LeaseOperation.Reset(ExtendedSequenceNumber.ShardEnd));
    }

    private async Task<LeasePlan> PlanAsync(LeaseOperation operation)
    {
        var planning = _administrator.PlanAsync(operation, null, force: false, Token).AsTask();
        while (!planning.IsCompleted)
        {
            // Running workers renew; then the leases are listed again.
            foreach (var key in _renewed)
            {
                var row = (await _store.GetAsync(key, Token))!;
                await _store.TryWriteAsync(key, LeaseWrite.Update(row.Counter, new()), Token);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        return await planning;
    }

    private async Task<Lease> AddAsync(
        int number,
        WorkerId? owner,
        ExtendedSequenceNumber? checkpoint = null,
        ExtendedSequenceNumber? pending = null,
        ShardId? parent = null)
    {
        var shard = new ShardId($"shardId-{number:D12}");
        var write = await _store.TryCreateAsync(
            new()
            {
                Key = new(shard.Value),
                ShardId = shard,
                Owner = owner,
                Counter = 7,
                Checkpoint = checkpoint ?? ExtendedSequenceNumber.Parse("42"),
                PendingCheckpoint = pending,
                OwnerSwitchesSinceCheckpoint = 3,
                ParentShardIds = parent is { } p ? [p] : [],
            },
            Token);
        return write.Current!;
    }
}
