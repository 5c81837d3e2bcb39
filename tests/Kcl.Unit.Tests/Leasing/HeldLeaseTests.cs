using Kcl.Leasing;
using Kcl.Leasing.Holding;
using Kcl.Testing;
using Kcl.Unit.Tests.Consuming;
using Kcl.Unit.Tests.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Leasing;

/// <summary>
/// Tests a held lease whose responses are lost and whose calls stall on request. The numbers are those of the scenarios in the reference.
/// </summary>
public sealed class HeldLeaseTests : IAsyncDisposable
{
    private static readonly WorkerId Me = new("me");
    private static readonly LeaseKey Key = new("shardId-000000000000");
    private static readonly TimeSpan Failover = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private readonly TestClock _time = new();
    private readonly Unreliable _store = new();
    private HeldLease? _held;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_counts_up_and_is_seen()
    {
        var held = await HoldAsync();
        Assert.True(await held.TryUpdateAsync(_ => new() { Checkpoint = At(5) }, Cancelled));
        Assert.Equal((2, At(5)), (held.Current.Counter, held.Current.Checkpoint));
        Assert.Equal(held.Current, _store.Row);
    }

    [Fact]
    public async Task Nothing_to_change_is_not_written()
    {
        var held = await HoldAsync();
        Assert.True(await held.TryUpdateAsync(_ => null, Cancelled));
        Assert.Equal(1, _store.Row.Counter);
    }

    [Fact] // 11
    public async Task A_checkpoint_whose_reply_was_lost_succeeds()
    {
        var held = await HoldAsync();
        _store.LoseReplies = 1;
        var write = held.TryUpdateAsync(_ => new() { Checkpoint = At(5) }, Cancelled).AsTask();
        Assert.True(await _time.RunUntilAsync(write, Soon));
        Assert.Equal((2, At(5)), (_store.Row.Counter, held.Current.Checkpoint));
        Assert.False(held.Lost.IsCancellationRequested);
    }

    [Fact] // 10, 13
    public async Task A_write_that_failed_for_its_caller_but_landed_is_recognised_by_the_next()
    {
        var held = await HoldAsync();
        _store.LoseReplies = 3;
        var checkpoint = held.TryUpdateAsync(_ => new() { Checkpoint = At(5) }, Cancelled).AsTask();
        await Assert.ThrowsAsync<DependencyException>(() => _time.RunUntilAsync(checkpoint, Soon));
        var renewal = held.TryUpdateAsync(_ => new(), Cancelled).AsTask();
        Assert.True(await _time.RunUntilAsync(renewal, Soon));
        Assert.Equal((3, At(5)), (held.Current.Counter, held.Current.Checkpoint));
    }

    [Fact]
    public async Task A_peers_write_is_a_loss()
    {
        var held = await HoldAsync();
        _store.Table.Write(Key, LeaseWrite.Update(1, new() { Owner = new(new("peer")) }));
        Assert.False(await held.TryUpdateAsync(_ => new() { Checkpoint = At(5) }, Cancelled));
        Assert.True(held.Lost.IsCancellationRequested);
        Assert.Equal((LeaseLossReason.Taken, new WorkerId("peer")), (held.Loss!.Reason, held.Loss.NewOwner));
    }

    [Fact]
    public async Task Another_process_under_our_id_is_a_loss_too()
    {
        var held = await HoldAsync();
        _store.Table.Write(Key, LeaseWrite.Update(1, new() { Checkpoint = At(99) }));
        Assert.False(await held.TryUpdateAsync(_ => new() { Checkpoint = At(5) }, Cancelled));
        Assert.Equal(LeaseLossReason.DuplicateWorkerId, held.Loss!.Reason);
    }

    [Fact] // 19
    public async Task A_row_deleted_by_hand_is_a_loss_and_is_not_made_again()
    {
        var held = await HoldAsync();
        _store.Table.Delete(Key, null);
        Assert.False(await held.TryUpdateAsync(_ => new(), Cancelled));
        Assert.Equal(LeaseLossReason.Deleted, held.Loss!.Reason);
        Assert.Empty(_store.Table.Leases);
    }

    [Fact]
    public async Task The_token_of_a_lost_lease_is_cancelled_before_the_loss_is_logged()
    {
        var log = new LogCollector();
        var held = await HoldAsync(log);
        bool? stoppedFirst = null;
        log.OnLog = id => stoppedFirst = id == 1201 ? held.Lost.IsCancellationRequested : stoppedFirst;
        _store.Table.Write(Key, LeaseWrite.Update(1, new() { Owner = new(new("peer")) }));
        Assert.False(await held.TryUpdateAsync(_ => new() { Checkpoint = At(5) }, Cancelled));
        Assert.True(stoppedFirst);
    }

    [Fact] // 16
    public async Task Without_a_write_for_too_long_it_is_lost_before_a_peer_may_take_it()
    {
        var held = await HoldAsync();
        _time.Advance(new LeaseTiming(Failover).RenewalDeadline - TimeSpan.FromMilliseconds(1));
        Assert.False(held.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(held.Lost.IsCancellationRequested);
        var calls = _store.Calls;
        Assert.False(await held.TryUpdateAsync(_ => new() { Checkpoint = At(5) }, Cancelled));
        Assert.Equal(calls, _store.Calls);
    }

    /// <summary>The shard may have waited for its parents in the meantime, and records may have been put.</summary>
    [Fact]
    public async Task Its_shard_is_read_from_the_tip_only_within_moments_of_the_take()
    {
        var row = Row(ExtendedSequenceNumber.Latest);
        var context = new LeasingServices(_store, new(Failover), _time, new Random(1), NullLogger.Instance);
        await using var held = new HeldLease(context, row, _time.GetTimestamp()) { IsOfFirstReader = true };
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.True(held.StartsAtTip);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(held.StartsAtTip);
    }

    [Fact]
    public async Task It_is_not_held_after_its_deadline_even_if_the_timer_is_late()
    {
        var late = new LateTimers();
        var row = Row(ExtendedSequenceNumber.TrimHorizon);
        _store.Table.Create(row);
        var held = _held = new(
            new LeasingServices(_store, new(Failover), late, new Random(1), NullLogger.Instance),
            row,
            late.GetTimestamp());
        Assert.True(held.IsHeld);
        late.Late = Failover;
        Assert.False(held.Lost.IsCancellationRequested);
        Assert.False(held.IsHeld);
        Assert.Equal(LeaseLossReason.NotRenewed, held.Loss!.Reason);
        Assert.True(held.Lost.IsCancellationRequested);
        Assert.False(await held.TryUpdateAsync(_ => new() { Checkpoint = At(5) }, Cancelled));
        Assert.Equal(0, _store.Calls);
    }

    [Fact] // 17
    public async Task A_call_that_is_never_answered_is_made_again_beside_it()
    {
        var held = await HoldAsync();
        _store.Stall = 1;
        var write = held.TryUpdateAsync(_ => new() { Checkpoint = At(5) }, Cancelled).AsTask();
        Assert.True(await _time.RunUntilAsync(write, Soon));
        Assert.False(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_row_that_is_ahead_is_looked_at_immediately()
    {
        var held = await HoldAsync();
        held.Start();
        var peer = _store.Row with { Counter = 2, Owner = new WorkerId("peer") };
        _store.Table.Write(Key, LeaseWrite.Update(1, new() { Owner = new(new("peer")) }));
        var lost = new TaskCompletionSource();
        await using var registration = held.Lost.Register(lost.SetResult);
        held.OnObserved(peer);
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        Assert.Equal(LeaseLossReason.Taken, held.Loss!.Reason);
    }

    [Fact]
    public async Task A_release_removes_the_owner_and_ends_the_holding()
    {
        var held = await HoldAsync();
        Assert.True(await held.ReleaseAsync(Cancelled));
        Assert.Null(_store.Row.Owner);
        Assert.Equal(LeaseLossReason.Released, held.Loss!.Reason);
        Assert.False(await held.TryUpdateAsync(_ => new(), Cancelled));
    }

    public async ValueTask DisposeAsync()
    {
        if (_held is not null)
        {
            await _held.DisposeAsync();
        }
    }

    private static ExtendedSequenceNumber At(long number) => new(SequenceNumber.Parse($"{number}"));

    private static Lease Row(ExtendedSequenceNumber checkpoint) => new()
    {
        Key = Key,
        ShardId = new(Key.Value),
        Checkpoint = checkpoint,
        Owner = Me,
        Counter = 1,
    };

    // Renewals are not started, so that the tests decide when to write.
    private Task<HeldLease> HoldAsync(ILogger? logger = null)
    {
        var row = Row(ExtendedSequenceNumber.TrimHorizon);
        _store.Table.Create(row);
        var context = new LeasingServices(_store, new(Failover), _time, new Random(1), logger ?? NullLogger.Instance);
        return Task.FromResult(_held = new(context, row, _time.GetTimestamp()));
    }

    /// <summary>A clock that advances while its timers are late, as in a process that was frozen or has no free threads.</summary>
    private sealed class LateTimers : FakeTimeProvider
    {
        public TimeSpan Late { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Late.TotalSeconds * TimestampFrequency);
    }

    private sealed class Unreliable : ILeaseStore
    {
        public string? ApplicationName => Table.ApplicationName;

        public InMemoryLeaseStore Table { get; } = new();

        public int LoseReplies { get; set; }

        public int Stall { get; set; }

        public int Calls { get; private set; }

        public Lease Row => Table.Find(Key)!;

        public ValueTask InitializeAsync(CancellationToken cancellationToken) => Table.InitializeAsync(cancellationToken);

        public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => Table.ListAsync(cancellationToken);

        public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) => Table.GetAsync(key, cancellationToken);

        public async ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken)
        {
            Calls++;
            if (Stall-- > 0)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            var result = await Table.TryWriteAsync(key, write, cancellationToken);
            return LoseReplies-- > 0 ? throw new DependencyException("the reply was lost") : result;
        }

        public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
            Table.InspectFleetAsync(listed, cancellationToken);
    }
}
