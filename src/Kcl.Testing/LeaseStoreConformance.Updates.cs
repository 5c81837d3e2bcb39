using Kcl.Kinesis;
using Kcl.Leasing;
using static Kcl.Testing.ConformanceRows;

namespace Kcl.Testing;

/// <content>Updates and deletions.</content>
public abstract partial class LeaseStoreConformance
{
    /// <summary>Every fenced write increments the counter.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task AFencedUpdateCountsUp(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        var renewed = await WriteAsync(store, LeaseWrite.Update(lease.Counter, new()), cancellationToken).ConfigureAwait(false);
        RequireSame(lease with { Counter = lease.Counter + 1 }, renewed, "the result of a renewal");
        RequireSame(renewed, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after a renewal");
    }

    /// <summary>Attributes that an update does not name do not change.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task AnUpdateLeavesTheOtherAttributes(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        var changed = await WriteAsync(
            store,
            LeaseWrite.Update(lease.Counter, new() { Checkpoint = Position("900", 3), OwnerSwitchesSinceCheckpoint = 0 }),
            cancellationToken).ConfigureAwait(false);
        RequireSame(
            lease with { Counter = lease.Counter + 1, Checkpoint = Position("900", 3), OwnerSwitchesSinceCheckpoint = 0 },
            changed,
            "the row after a checkpoint");

        ShardId[] children = [new("shardId-000000000008"), new("shardId-000000000009")];
        var range = new HashKeyRange(7, 8);
        var described = await WriteAsync(
            store,
            LeaseWrite.Update(changed.Counter, new() { ChildShardIds = children, HashKeyRange = range }),
            cancellationToken).ConfigureAwait(false);
        RequireSame(
            changed with { Counter = changed.Counter + 1, ChildShardIds = children, HashKeyRange = range },
            described,
            "the row after its children were named");
    }

    /// <summary>A write that loses a race returns a conflict and changes nothing.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task AnUpdateOfAnotherCounterConflictsAndShowsTheRow(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        foreach (var wrong in new[] { lease.Counter - 1, lease.Counter + 1 })
        {
            var write = await store.TryWriteAsync(
                Key,
                LeaseWrite.Update(wrong, new() { Owner = new(Peer), Checkpoint = ExtendedSequenceNumber.ShardEnd }),
                cancellationToken).ConfigureAwait(false);
            Require(
                write.Status == LeaseWriteStatus.Conflict,
                $"an update that expects another counter must be a conflict, but was {write.Status}");
            if (write.Current is { } shown)
            {
                RequireSame(lease, shown, "the row in the result of a conflict");
            }
        }

        RequireSame(lease, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after conflicts");
    }

    /// <summary>An update does not create a row.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task AnUpdateDoesNotCreateALease(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var fenced = await store.TryWriteAsync(
            Key,
            LeaseWrite.Update(0, new() { Owner = new(Me) }),
            cancellationToken).ConfigureAwait(false);
        Require(fenced.Status == LeaseWriteStatus.Missing, $"an update of a missing lease must be Missing, but was {fenced.Status}");
        var descriptive = await store.TryWriteAsync(
            Key,
            LeaseWrite.Describe(new() { HashKeyRange = HashKeyRange.Whole }),
            cancellationToken).ConfigureAwait(false);
        Require(
            descriptive.Status == LeaseWriteStatus.Missing,
            $"a descriptive update of a missing lease must be Missing, but was {descriptive.Status}");
        Require(await store.GetAsync(Key, cancellationToken).ConfigureAwait(false) is null, "an update created a lease");
    }

    /// <summary>A released lease has no owner, not an empty one.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task TheOwnerIsRemovedAndSet(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        var taken = await WriteAsync(
            store,
            LeaseWrite.Update(lease.Counter, new() { Owner = new(Me), OwnerSwitchesSinceCheckpoint = 1 }),
            cancellationToken).ConfigureAwait(false);
        RequireSame(
            lease with { Counter = lease.Counter + 1, Owner = Me, OwnerSwitchesSinceCheckpoint = 1 },
            taken,
            "a lease that was taken");
        var released = await WriteAsync(
            store,
            LeaseWrite.Update(taken.Counter, new() { ReleasesLease = true }),
            cancellationToken).ConfigureAwait(false);
        RequireSame(taken with { Counter = taken.Counter + 1, Owner = null }, released, "a lease that was released");
        RequireSame(released, await SingleAsync(store, cancellationToken).ConfigureAwait(false), "a released lease, as listed");
    }

    /// <summary>Taking a lease ends a pending KCL 3.x hand-off.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task TakingEndsAHandOff(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full() with { CheckpointOwner = Peer }, cancellationToken).ConfigureAwait(false);
        var taken = await WriteAsync(
            store,
            LeaseWrite.Update(lease.Counter, new() { Owner = new(Me), CheckpointOwner = new(null) }),
            cancellationToken).ConfigureAwait(false);
        Require(taken.CheckpointOwner is null, "taking a lease must remove its checkpointOwner");
    }

    /// <summary>A release completes a pending KCL 3.x hand-off: the row keeps the next owner, which it already names.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task ReleasingCompletesAHandOff(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full() with { CheckpointOwner = Peer }, cancellationToken).ConfigureAwait(false);
        var released = await WriteAsync(store, LeaseWrite.Update(lease.Counter, new() { ReleasesLease = true }), cancellationToken)
            .ConfigureAwait(false);
        RequireSame(lease with { Counter = lease.Counter + 1, CheckpointOwner = null }, released, "a lease released during a hand-off");
    }

    /// <summary>A pending checkpoint and its state are set and removed together.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task APendingCheckpointIsSetAndRemovedWithItsState(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        foreach (var state in new byte[]?[] { [0, 1, 255], null })
        {
            ReadOnlyMemory<byte>? bytes = state is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(state);
            var pending = new PendingCheckpoint { Position = Position("77", 2), State = bytes };
            lease = await WriteAsync(
                store,
                LeaseWrite.Update(lease.Counter, new() { PendingCheckpoint = new(pending) }),
                cancellationToken).ConfigureAwait(false);
            RequireSame(
                Bare() with { Counter = lease.Counter, PendingCheckpoint = pending.Position, PendingCheckpointState = bytes },
                lease,
                $"a pending checkpoint {(state is null ? "without" : "with")} state");
        }

        lease = await WriteAsync(
            store,
            LeaseWrite.Update(lease.Counter, new() { Checkpoint = Position("77", 2), PendingCheckpoint = new(null) }),
            cancellationToken).ConfigureAwait(false);
        RequireSame(Bare() with { Counter = lease.Counter, Checkpoint = Position("77", 2) }, lease, "a checkpoint that was completed");
    }

    /// <summary>Children and hash keys can be changed without a fence, and the counter stays.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task DescriptiveAttributesChangeWithoutFence(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        ShardId[] children = [new("shardId-000000000011")];
        var write = await store.TryWriteAsync(
            Key,
            LeaseWrite.Describe(new() { ChildShardIds = children, HashKeyRange = HashKeyRange.Whole }),
            cancellationToken).ConfigureAwait(false);
        Require(write.Succeeded, $"a descriptive update must be written, but was {write.Status}");
        RequireSame(
            lease with { ChildShardIds = children, HashKeyRange = HashKeyRange.Whole },
            await store.GetAsync(Key, cancellationToken).ConfigureAwait(false),
            "the row after a descriptive update");
    }

    /// <summary>Owners, counter and checkpoints cannot be changed without a fence.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task OnlyDescriptiveAttributesChangeWithoutFence(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        LeaseUpdate[] updates =
        [
            new() { Owner = new(Peer) },
            new() { CheckpointOwner = new(Peer) },
            new() { ReleasesLease = true },
            new() { IncrementsCounter = true },
            new() { Checkpoint = ExtendedSequenceNumber.ShardEnd },
            new() { PendingCheckpoint = new(null) },
            new() { OwnerSwitchesSinceCheckpoint = 9 },
        ];
        foreach (var update in updates)
        {
            var rejected = false;
            try
            {
                await store.TryWriteAsync(Key, LeaseWrite.Describe(update), cancellationToken).ConfigureAwait(false);
            }
            catch (ArgumentException)
            {
                rejected = true;
            }

            Require(rejected, $"an update without an expected counter must be rejected with an ArgumentException: {update}");
        }

        RequireSame(lease, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after rejected updates");
    }

    /// <summary>A deletion can require a counter. If there is no row, the result is Missing.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task ADeletionCanRequireACounter(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        var wrong = await store.TryDeleteAsync(Key, lease.Counter + 1, cancellationToken).ConfigureAwait(false);
        Require(
            wrong.Status == LeaseWriteStatus.Conflict,
            $"a delete that expects another counter must be a conflict, but was {wrong.Status}");
        RequireSame(lease, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after a rejected delete");
        var right = await store.TryDeleteAsync(Key, lease.Counter, cancellationToken).ConfigureAwait(false);
        Require(right.Succeeded, $"a delete that expects the row's counter must be written, but was {right.Status}");
        Require(await store.GetAsync(Key, cancellationToken).ConfigureAwait(false) is null, "a deleted lease still exists");
        var again = await store.TryDeleteAsync(Key, lease.Counter, cancellationToken).ConfigureAwait(false);
        Require(again.Status == LeaseWriteStatus.Missing, $"a delete of a missing lease must be Missing, but was {again.Status}");
        await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        Require(
            (await store.TryDeleteAsync(Key, expectedCounter: null, cancellationToken).ConfigureAwait(false)).Succeeded,
            "a delete without an expected counter must be written");
    }
}
