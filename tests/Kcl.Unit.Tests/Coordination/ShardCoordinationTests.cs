using Kcl.Coordination;
using Kcl.Coordination.Assignment;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;
using Kcl.Testing;
using Kcl.Unit.Tests.Consuming;
using Kcl.Unit.Tests.Internal;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

/// <summary>
/// Tests the requests of a shard consumer: leases of the children at the end of the shard, and waiting for its parents. The numbers are
/// those of the scenarios in the reference.
/// </summary>
public sealed class ShardCoordinationTests
{
    private static readonly UInt128 Half = UInt128.MaxValue / 2;
    private readonly TestClock _time = new();
    private readonly InMemoryLeaseStore _table = new();
    private readonly ListedStream _stream = new();
    private int _created;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_split_makes_both_children_and_names_them_on_the_parent()
    {
        _stream.Shards = [Closed(0, 0, UInt128.MaxValue), Open(1, 0, Half, 0), Open(2, Half + 1, UInt128.MaxValue, 0)];
        await Coordination().CreateChildLeasesAsync(Hold(0), [Child(1, 0), Child(2, 0)], Cancelled);
        Assert.Equal(["0@7", "1@TRIM_HORIZON", "2@TRIM_HORIZON"], Texts(_table.Leases));
        Assert.Equal([Id(1), Id(2)], Row(0).ChildShardIds);
        Assert.Equal(1, _created);

        // A consumer that crashed after this does it again. Nothing changes.
        await Coordination().CreateChildLeasesAsync(Hold(0), [Child(1, 0), Child(2, 0)], Cancelled);
        Assert.Equal(3, _table.Leases.Count);
        Assert.Equal(1, _created);
    }

    [Fact]
    public async Task Children_that_the_last_read_does_not_name_are_looked_up()
    {
        _stream.Shards = [Closed(0, 0, UInt128.MaxValue), Open(1, 0, Half, 0), Open(2, Half + 1, UInt128.MaxValue, 0)];
        await Coordination().CreateChildLeasesAsync(Hold(0), [], Cancelled);
        Assert.Equal([Id(1), Id(2)], Row(0).ChildShardIds);
    }

    [Fact] // 58
    public async Task An_end_without_children_is_tried_again()
    {
        _stream.Shards = [Closed(0, 0, UInt128.MaxValue)];
        var failure =
            await Assert.ThrowsAsync<DependencyException>(async () => await Coordination().CreateChildLeasesAsync(Hold(0), [], Cancelled));
        Assert.Contains("contains no child of it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shard_that_the_service_forgot_has_no_children_to_make()
    {
        _stream.Shards = [Open(5, 0, UInt128.MaxValue)];
        await Coordination().CreateChildLeasesAsync(Hold(0), [], Cancelled);
        Assert.Single(_table.Leases);
    }

    [Fact] // 57
    public async Task A_merge_waits_for_the_lease_of_the_other_parent()
    {
        _stream.Shards = [Closed(0, 0, Half), Closed(1, Half + 1, UInt128.MaxValue), Open(2, 0, UInt128.MaxValue, 0, 1)];
        var held = Hold(0);
        await Assert.ThrowsAsync<DependencyException>(async () =>
            await Coordination().CreateChildLeasesAsync(held, [Child(2, 0, 1)], Cancelled));
        Assert.Single(_table.Leases);
        _table.Create(Lease(1, At(3)));
        await Coordination().CreateChildLeasesAsync(held, [Child(2, 0, 1)], Cancelled);
        Assert.Equal([Id(0), Id(1)], Row(2).ParentShardIds);
    }

    [Fact]
    public async Task A_merge_waits_while_the_list_may_be_too_old_to_show_the_other_parent()
    {
        _stream.Shards = [Closed(0, 0, Half)];
        var coordination = Coordination();
        var held = Hold(0);
        await Assert.ThrowsAsync<DependencyException>(async () =>
            await coordination.CreateChildLeasesAsync(held, [Child(2, 0, 1)], Cancelled));
        _time.Advance(TimeSpan.FromSeconds(4));
        await Assert.ThrowsAsync<DependencyException>(async () =>
            await coordination.CreateChildLeasesAsync(held, [Child(2, 0, 1)], Cancelled));
        Assert.Single(_table.Leases);

        // Neither has been listed for so long that both have expired. No shard may wait for them.
        _time.Advance(TimeSpan.FromSeconds(1));
        await coordination.CreateChildLeasesAsync(held, [Child(2, 0, 1)], Cancelled);
        Assert.NotNull(_table.Find(new(Id(2).Value)));
    }

    [Fact]
    public async Task A_merge_does_not_wait_for_a_parent_that_the_service_forgot()
    {
        _stream.Shards = [Closed(0, 0, Half), Open(2, 0, UInt128.MaxValue, 0, 1)];
        await Coordination().CreateChildLeasesAsync(Hold(0), [Child(2, 0, 1)], Cancelled);
        Assert.NotNull(_table.Find(new(Id(2).Value)));
    }

    [Fact] // 4
    public async Task A_merged_shard_waits_for_both_parents()
    {
        _table.Create(Lease(0, ExtendedSequenceNumber.ShardEnd));
        _table.Create(Lease(1, At(3)));
        var parents = new ParentShardTracker(Context(), Keys, TimeSpan.FromSeconds(10));
        var waiting = parents.WhenFinishedAsync(
            Lease(2, ExtendedSequenceNumber.TrimHorizon) with { ParentShardIds = [Id(0), Id(1)] },
            Cancelled).AsTask();
        Assert.False(waiting.IsCompleted);
        _table.Write(new(Id(1).Value), LeaseWrite.Update(0, new() { Checkpoint = ExtendedSequenceNumber.ShardEnd }));

        // The waiting child is notified, so the clock does not advance.
        parents.OnFinished(Keys.For(Id(1)));
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancelled);
    }

    [Fact]
    public async Task A_parent_finished_elsewhere_is_found_by_asking()
    {
        _table.Create(Lease(1, At(3)));
        var waiting = new ParentShardTracker(Context(), Keys, TimeSpan.FromSeconds(10)).WhenFinishedAsync(
            Lease(2, ExtendedSequenceNumber.TrimHorizon) with { ParentShardIds = [Id(1)] },
            Cancelled).AsTask();
        _table.Delete(new(Id(1).Value), null);
        await _time.RunUntilAsync(waiting);
    }

    [Fact]
    public async Task A_parent_whose_row_cannot_be_read_is_waited_for_and_logged_once_a_minute()
    {
        var store = new UnreadableStore();
        using var logs = new LogCollector();
        var parents = new ParentShardTracker(Services(store, _time, logs), Keys, TimeSpan.FromSeconds(10));
        var child = Lease(2, ExtendedSequenceNumber.TrimHorizon) with { ParentShardIds = [Id(1)] };
        var waiting = parents.WhenFinishedAsync(child, Cancelled).AsTask();
        for (var began = _time.GetUtcNow(); _time.GetUtcNow() - began < TimeSpan.FromSeconds(150);)
        {
            await _time.AdvanceToNextTimerAsync();
        }

        Assert.False(waiting.IsCompleted);
        store.IsReadable = true;
        await _time.RunUntilAsync(waiting);
        Assert.Equal(3, logs.Count(1128));
    }

    [Fact] // 67
    public async Task A_lost_lease_ends_the_wait_at_once()
    {
        _table.Create(Lease(1, At(3)));
        using var lost = new CancellationTokenSource();
        var waiting = new ParentShardTracker(Context(), Keys, TimeSpan.FromSeconds(10)).WhenFinishedAsync(
            Lease(2, ExtendedSequenceNumber.TrimHorizon) with { ParentShardIds = [Id(1)] },
            lost.Token).AsTask();
        await lost.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static ChildShard Child(int number, params int[] parents) => new(Id(number), [.. parents.Select(Id)], new(0, Half));

    private CoordinationServices Context() => Services(_table, _time);

    private ShardCoordination Coordination() => new(
        Context(),
        new ShardListReader(_stream, new StreamName("s"), _time),
        new StreamMonitor(Context(), _stream, new StreamName("s")),
        new ParentShardTracker(Context(), Keys, TimeSpan.FromSeconds(10)),
        () => _created++,
        () => { });

    private Lease Row(int number) => _table.Find(new(Id(number).Value))!;

    private TestHold Hold(int number)
    {
        _table.Create(Lease(number, At(7), "me"));
        return new(_table, new(Id(number).Value));
    }

    private sealed class UnreadableStore : ILeaseStore
    {
        public bool IsReadable { get; set; }

        public string? ApplicationName => null;

        public ValueTask InitializeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) =>
            IsReadable ? ValueTask.FromResult<Lease?>(null) : throw new InvalidStateException($"{key}: its checkpoint is gibberish");

        public ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    internal sealed class TestHold(InMemoryLeaseStore table, LeaseKey key) : IHeldLease
    {
        public LeaseKey Key => key;

        public Lease Current => table.Find(key)!;

        public CancellationToken Lost => CancellationToken.None;

        public bool IsHeld => true;

        public bool StartsAtTip => false;

        public ValueTask<bool> TryUpdateAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken) =>
            ValueTask.FromResult(change(Current) is not { } update
                || table.Write(key, LeaseWrite.Update(Current.Counter, update)).Succeeded);
    }
}
