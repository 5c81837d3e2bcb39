using Kcl.Kinesis;
using Kcl.Leasing;
using static Kcl.Testing.ConformanceRows;

namespace Kcl.Testing;

/// <summary>What every lease store must do. Free of any test framework: a failure is a <see cref="ConformanceException"/>, and a store's own tests call these methods, or <see cref="RunAllAsync"/>.</summary>
public abstract class LeaseStoreConformance
{
    private static readonly WorkerId Peer = new("worker-2");

    /// <summary>A new, empty, initialised store for an application of its own. Called once per case; nothing is shared between cases.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    protected abstract ValueTask<ILeaseStore> CreateEmptyAsync(CancellationToken cancellationToken);

    /// <summary>Every case by name.</summary>
    public IReadOnlyList<(string Name, Func<CancellationToken, Task> Run)> Cases =>
    [
        (nameof(InitializingAgainKeepsWhatIsThere), InitializingAgainKeepsWhatIsThere),
        (nameof(ACreatedLeaseIsReadBackInFull), ACreatedLeaseIsReadBackInFull),
        (nameof(ALeaseWithoutOptionalAttributesIsReadBackWithoutThem), ALeaseWithoutOptionalAttributesIsReadBackWithoutThem),
        (nameof(EveryKindOfCheckpointIsKept), EveryKindOfCheckpointIsKept),
        (nameof(AKeyIsCreatedOnce), AKeyIsCreatedOnce),
        (nameof(AFencedUpdateCountsUp), AFencedUpdateCountsUp),
        (nameof(AnUpdateLeavesTheOtherAttributes), AnUpdateLeavesTheOtherAttributes),
        (nameof(AnUpdateOfAnotherCounterConflictsAndShowsTheRow), AnUpdateOfAnotherCounterConflictsAndShowsTheRow),
        (nameof(AnUpdateOfAMissingLeaseDoesNotMakeOne), AnUpdateOfAMissingLeaseDoesNotMakeOne),
        (nameof(TheOwnerIsRemovedAndSet), TheOwnerIsRemovedAndSet),
        (nameof(TakingEndsAHandOver), TakingEndsAHandOver),
        (nameof(APendingCheckpointIsSetAndRemovedWithItsState), APendingCheckpointIsSetAndRemovedWithItsState),
        (nameof(DescriptiveAttributesChangeWithoutFence), DescriptiveAttributesChangeWithoutFence),
        (nameof(OnlyDescriptiveAttributesChangeWithoutFence), OnlyDescriptiveAttributesChangeWithoutFence),
        (nameof(PrivateAttributesAreKeptSetAndRemoved), PrivateAttributesAreKeptSetAndRemoved),
        (nameof(AnUpdateRequiresTheCheckpointItNames), AnUpdateRequiresTheCheckpointItNames),
        (nameof(AnUpdateRequiresTheAbsenceOfTheAttributeItNames), AnUpdateRequiresTheAbsenceOfTheAttributeItNames),
        (nameof(ALeaseIsStartedOverInOneWrite), ALeaseIsStartedOverInOneWrite),
        (nameof(ADeleteIsFencedWhereAsked), ADeleteIsFencedWhereAsked),
        (nameof(EveryLeaseIsListed), EveryLeaseIsListed),
        (nameof(OnlyOneOfManyConcurrentWritersWins), OnlyOneOfManyConcurrentWritersWins),
        (nameof(OnlyOneOfManyConcurrentCreatorsWins), OnlyOneOfManyConcurrentCreatorsWins),
        (nameof(ACancelledCallSaysSo), ACancelledCallSaysSo),
    ];

    /// <summary>Runs every case.</summary>
    /// <param name="cancellationToken">Abandons the run.</param>
    /// <exception cref="ConformanceException">A case failed; the message names it.</exception>
    public async Task RunAllAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, run) in Cases)
        {
            try
            {
                await run(cancellationToken).ConfigureAwait(false);
            }
            catch (ConformanceException exception)
            {
                throw new ConformanceException($"{name}: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Initialising is safe at any time and from everywhere at once.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task InitializingAgainKeepsWhatIsThere(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.InitializeAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        Require(await store.GetAsync(Key, cancellationToken).ConfigureAwait(false) is not null, "a lease vanished when the store was initialised again");
    }

    /// <summary>Nothing is lost or changed on the way.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task ACreatedLeaseIsReadBackInFull(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var full = Full();
        var write = await store.TryCreateAsync(full, cancellationToken).ConfigureAwait(false);
        Require(write.Succeeded, $"the first create must be written, but was {write.Status}");
        RequireSame(full, write.Current, "the answer to the create");
        RequireSame(full, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row read by key");
        RequireSame(full, await SingleAsync(store, cancellationToken).ConfigureAwait(false), "the row listed");
    }

    /// <summary>What was absent stays absent.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task ALeaseWithoutOptionalAttributesIsReadBackWithoutThem(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        RequireSame(Bare(), await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row read by key");
    }

    /// <summary>Named positions, numbers of full length and sub-sequence numbers survive.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task EveryKindOfCheckpointIsKept(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        foreach (var position in new[]
        {
            ExtendedSequenceNumber.TrimHorizon, ExtendedSequenceNumber.Latest, ExtendedSequenceNumber.AtTimestamp,
            Position("0"), Position("49590338271490256608559692538361571095921575989136588898", 7), Position("49590338271490256608559692538361571095921575989136588899", long.MaxValue),
            ExtendedSequenceNumber.ShardEnd,
        })
        {
            lease = await WriteAsync(store, LeaseWrite.Fenced(lease.Counter, new() { Checkpoint = position }), cancellationToken).ConfigureAwait(false);
            var read = await store.GetAsync(Key, cancellationToken).ConfigureAwait(false);
            Require(read?.Checkpoint == position, $"checkpoint {position} was read back as {read?.Checkpoint}");
        }
    }

    /// <summary>A second create changes nothing and shows what is there.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task AKeyIsCreatedOnce(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        var second = await store.TryCreateAsync(Bare(), cancellationToken).ConfigureAwait(false);
        Require(second.Status == LeaseWriteStatus.Conflict, $"a second create of one key must be a conflict, but was {second.Status}");
        RequireSame(Full(), await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after the second create");
    }

    /// <summary>The counter is the fence: every fenced write sets it to one more.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task AFencedUpdateCountsUp(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        var renewed = await WriteAsync(store, LeaseWrite.Fenced(lease.Counter, new()), cancellationToken).ConfigureAwait(false);
        RequireSame(lease with { Counter = lease.Counter + 1 }, renewed, "the answer to a renewal");
        RequireSame(renewed, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after a renewal");
    }

    /// <summary>What an update does not name stays.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task AnUpdateLeavesTheOtherAttributes(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        var changed = await WriteAsync(store, LeaseWrite.Fenced(lease.Counter, new() { Checkpoint = Position("900", 3), OwnerSwitchesSinceCheckpoint = 0 }), cancellationToken).ConfigureAwait(false);
        RequireSame(lease with { Counter = lease.Counter + 1, Checkpoint = Position("900", 3), OwnerSwitchesSinceCheckpoint = 0 }, changed, "the row after a checkpoint");

        ShardId[] children = [new("shardId-000000000008"), new("shardId-000000000009")];
        var range = new HashKeyRange(7, 8);
        var described = await WriteAsync(store, LeaseWrite.Fenced(changed.Counter, new() { ChildShardIds = children, HashKeyRange = range }), cancellationToken).ConfigureAwait(false);
        RequireSame(changed with { Counter = changed.Counter + 1, ChildShardIds = children, HashKeyRange = range }, described, "the row after its children were named");
    }

    /// <summary>A lost race is a result, and changes nothing.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task AnUpdateOfAnotherCounterConflictsAndShowsTheRow(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        foreach (var wrong in new[] { lease.Counter - 1, lease.Counter + 1 })
        {
            var write = await store.TryWriteAsync(Key, LeaseWrite.Fenced(wrong, new() { Owner = new(Peer), Checkpoint = ExtendedSequenceNumber.ShardEnd }), cancellationToken).ConfigureAwait(false);
            Require(write.Status == LeaseWriteStatus.Conflict, $"an update that expects another counter must be a conflict, but was {write.Status}");
            if (write.Current is { } shown)
            {
                RequireSame(lease, shown, "the row a conflict shows");
            }
        }

        RequireSame(lease, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after conflicts");
    }

    /// <summary>A row deleted by hand stays deleted.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task AnUpdateOfAMissingLeaseDoesNotMakeOne(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var fenced = await store.TryWriteAsync(Key, LeaseWrite.Fenced(0, new() { Owner = new(Me) }), cancellationToken).ConfigureAwait(false);
        Require(fenced.Status == LeaseWriteStatus.Missing, $"an update of a missing lease must say so, but said {fenced.Status}");
        var descriptive = await store.TryWriteAsync(Key, LeaseWrite.Describe(new() { HashKeyRange = HashKeyRange.Whole }), cancellationToken).ConfigureAwait(false);
        Require(descriptive.Status == LeaseWriteStatus.Missing, $"a descriptive update of a missing lease must say so, but said {descriptive.Status}");
        Require(await store.GetAsync(Key, cancellationToken).ConfigureAwait(false) is null, "an update made a lease");
    }

    /// <summary>A lease that is given back has no owner, not an empty one.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task TheOwnerIsRemovedAndSet(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        var taken = await WriteAsync(store, LeaseWrite.Fenced(lease.Counter, new() { Owner = new(Me), OwnerSwitchesSinceCheckpoint = 1 }), cancellationToken).ConfigureAwait(false);
        RequireSame(lease with { Counter = lease.Counter + 1, Owner = Me, OwnerSwitchesSinceCheckpoint = 1 }, taken, "a lease that was taken");
        var released = await WriteAsync(store, LeaseWrite.Fenced(taken.Counter, new() { ReleasesLease = true }), cancellationToken).ConfigureAwait(false);
        RequireSame(taken with { Counter = taken.Counter + 1, Owner = null }, released, "a lease that was released");
        RequireSame(released, await SingleAsync(store, cancellationToken).ConfigureAwait(false), "a released lease, as listed");
    }

    /// <summary>Who takes a lease is the one who processes it: a 3.x hand-over that was pending is over.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task TakingEndsAHandOver(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full() with { CheckpointOwner = Peer }, cancellationToken).ConfigureAwait(false);
        var taken = await WriteAsync(store, LeaseWrite.Fenced(lease.Counter, new() { Owner = new(Me), CheckpointOwner = new(null) }), cancellationToken).ConfigureAwait(false);
        Require(taken.CheckpointOwner is null, "taking a lease must remove its checkpointOwner");
    }

    /// <summary>The two halves of a prepared checkpoint go together.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task APendingCheckpointIsSetAndRemovedWithItsState(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        foreach (var state in new byte[]?[] { [0, 1, 255], null })
        {
            ReadOnlyMemory<byte>? bytes = state is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(state);
            var pending = new PendingCheckpoint { Position = Position("77", 2), State = bytes };
            lease = await WriteAsync(store, LeaseWrite.Fenced(lease.Counter, new() { PendingCheckpoint = new(pending) }), cancellationToken).ConfigureAwait(false);
            RequireSame(Bare() with { Counter = lease.Counter, PendingCheckpoint = pending.Position, PendingCheckpointState = bytes }, lease, $"a pending checkpoint {(state is null ? "without" : "with")} state");
        }

        lease = await WriteAsync(store, LeaseWrite.Fenced(lease.Counter, new() { Checkpoint = Position("77", 2), PendingCheckpoint = new(null) }), cancellationToken).ConfigureAwait(false);
        RequireSame(Bare() with { Counter = lease.Counter, Checkpoint = Position("77", 2) }, lease, "a checkpoint that was completed");
    }

    /// <summary>Children and hash keys may be noted by anybody, and disturb nobody.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task DescriptiveAttributesChangeWithoutFence(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        ShardId[] children = [new("shardId-000000000011")];
        var write = await store.TryWriteAsync(Key, LeaseWrite.Describe(new() { ChildShardIds = children, HashKeyRange = HashKeyRange.Whole }), cancellationToken).ConfigureAwait(false);
        Require(write.Succeeded, $"a descriptive update must be written, but was {write.Status}");
        RequireSame(lease with { ChildShardIds = children, HashKeyRange = HashKeyRange.Whole }, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after a descriptive update");
    }

    /// <summary>What decides who owns a shard and how far it is, is never written without a fence.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task OnlyDescriptiveAttributesChangeWithoutFence(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        foreach (var update in new LeaseUpdate[] { new() { Owner = new(Peer) }, new() { Checkpoint = ExtendedSequenceNumber.ShardEnd }, new() { PendingCheckpoint = new(null) }, new() { OwnerSwitchesSinceCheckpoint = 9 } })
        {
            var refused = false;
            try
            {
                await store.TryWriteAsync(Key, LeaseWrite.Describe(update), cancellationToken).ConfigureAwait(false);
            }
            catch (ArgumentException)
            {
                refused = true;
            }

            Require(refused, $"an update without an expected counter must be refused with an ArgumentException: {update}");
        }

        RequireSame(lease, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after refused updates");
    }

    /// <summary>Private attributes survive every write that does not name them, and change one by one, with a fence or without.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task PrivateAttributesAreKeptSetAndRemoved(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Bare() with { PrivateAttributes = Private(("kclOne", "1"), ("kclTwo", "a \"quoted\" text, é, {}")) }, cancellationToken).ConfigureAwait(false);
        RequireSame(Bare() with { PrivateAttributes = Private(("kclOne", "1"), ("kclTwo", "a \"quoted\" text, é, {}")) }, lease, "a lease created with private attributes");
        lease = await WriteAsync(store, LeaseWrite.Fenced(lease.Counter, new() { Owner = new(Me), Checkpoint = Position("5") }), cancellationToken).ConfigureAwait(false);
        RequireSame(Bare() with { Counter = 1, Owner = Me, Checkpoint = Position("5"), PrivateAttributes = Private(("kclOne", "1"), ("kclTwo", "a \"quoted\" text, é, {}")) }, lease, "the row after a write that names no private attribute");

        lease = await WriteAsync(store, LeaseWrite.Describe(new() { PrivateAttributes = Changes(("kclOne", null), ("kclThree", "3"), ("kclAbsent", null)) }), cancellationToken).ConfigureAwait(false);
        Require(lease.Counter == 1, $"a change of private attributes without a fence must leave the counter at 1, but it is {lease.Counter}");
        RequirePrivate(lease, "the answer to a change without a fence", ("kclThree", "3"), ("kclTwo", "a \"quoted\" text, é, {}"));
        lease = await WriteAsync(store, LeaseWrite.Fenced(1, new() { PrivateAttributes = Changes(("kclTwo", "2"), ("kclThree", null)) }), cancellationToken).ConfigureAwait(false);
        RequirePrivate(lease, "the answer to a fenced change", ("kclTwo", "2"));
        lease = await WriteAsync(store, LeaseWrite.Fenced(2, new() { PrivateAttributes = Changes(("kclTwo", null)) }), cancellationToken).ConfigureAwait(false);
        RequirePrivate(lease, "the answer to the removal of the last one");
        RequirePrivate(await SingleAsync(store, cancellationToken).ConfigureAwait(false), "the row listed");

        foreach (var name in (string[])["kcl", "other", "kcl-one", "kcl.one", ""])
        {
            var refused = false;
            try
            {
                await store.TryWriteAsync(Key, LeaseWrite.Describe(new() { PrivateAttributes = Changes((name, "x")) }), cancellationToken).ConfigureAwait(false);
            }
            catch (ArgumentException)
            {
                refused = true;
            }

            Require(refused, $"'{name}' is not the name of a private attribute and must be refused with an ArgumentException");
        }
    }

    /// <summary>The checkpoint can be a condition, beside a fence or without one.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task AnUpdateRequiresTheCheckpointItNames(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Bare() with { Checkpoint = Position("77", 3) }, cancellationToken).ConfigureAwait(false);
        foreach (var wrong in (ExtendedSequenceNumber[])[ExtendedSequenceNumber.Latest, Position("77", 2), Position("7", 3)])
        {
            foreach (var fence in (long?[])[null, 0])
            {
                var write = await store.TryWriteAsync(Key, ToCheckpoint(fence, wrong), cancellationToken).ConfigureAwait(false);
                Require(write.Status == LeaseWriteStatus.Conflict, $"an update that expects checkpoint {wrong} at {lease.Checkpoint} must be a conflict, but was {write.Status}");
            }
        }

        RequireSame(lease, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after conflicts");
        lease = await WriteAsync(store, ToCheckpoint(null, Position("77", 3)), cancellationToken).ConfigureAwait(false);
        RequirePrivate(lease, "the row after the condition held", ("kclOne", "1"));
        var missing = await store.TryWriteAsync(new("shardId-000000000099"), ToCheckpoint(null, Position("77", 3)), cancellationToken).ConfigureAwait(false);
        Require(missing.Status == LeaseWriteStatus.Missing, $"an update of a missing lease must say so, but said {missing.Status}");
    }

    /// <summary>Of those who would set an attribute for the first time, one does.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task AnUpdateRequiresTheAbsenceOfTheAttributeItNames(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Bare() with { PrivateAttributes = Private(("kclOther", "x")) }, cancellationToken).ConfigureAwait(false);
        var writes = await AtOnceAsync(
            i => store.TryWriteAsync(Key, new() { Condition = LeaseCondition.RowPresent with { PrivateAttributes = Changes(("kclOne", null)) }, Change = new LeaseUpdate { PrivateAttributes = Changes(("kclOne", $"{i}")) } }, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
        var winner = RequireOneWinner(writes);
        RequireSame(winner.Current, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after a race");
    }

    /// <summary>Owner, positions, family, range and private attributes change together or not at all.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task ALeaseIsStartedOverInOneWrite(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        var update = new LeaseUpdate
        {
            IncrementsCounter = true,
            ReleasesLease = true,
            Checkpoint = ExtendedSequenceNumber.TrimHorizon,
            PendingCheckpoint = new(null),
            OwnerSwitchesSinceCheckpoint = 0,
            ChildShardIds = [],
            ParentShardIds = [],
            HashKeyRange = new(3, 9),
            PrivateAttributes = Changes(("kclOne", null), ("kclTwo", "2")),
        };
        var changed = await WriteAsync(store, LeaseWrite.Fenced(lease.Counter, update), cancellationToken).ConfigureAwait(false);
        RequireSame(LeaseRow.Apply(update, lease), changed, "the answer");
        RequireSame(Bare() with { Counter = 42, HashKeyRange = new(3, 9), PrivateAttributes = Private(("kclTwo", "2")) }, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row read by key");
        changed = await WriteAsync(store, LeaseWrite.Describe(new() { ParentShardIds = [new("shardId-000000000001")] }), cancellationToken).ConfigureAwait(false);
        Require(changed.ParentShardIds is [{ Value: "shardId-000000000001" }], "parents may be noted by anybody");
    }

    /// <summary>A delete with a counter is fenced, one without is not, one of nothing says so.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task ADeleteIsFencedWhereAsked(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        var wrong = await store.TryDeleteAsync(Key, lease.Counter + 1, cancellationToken).ConfigureAwait(false);
        Require(wrong.Status == LeaseWriteStatus.Conflict, $"a delete that expects another counter must be a conflict, but was {wrong.Status}");
        RequireSame(lease, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after a refused delete");
        var right = await store.TryDeleteAsync(Key, lease.Counter, cancellationToken).ConfigureAwait(false);
        Require(right.Succeeded, $"a delete that expects the row's counter must be written, but was {right.Status}");
        Require(await store.GetAsync(Key, cancellationToken).ConfigureAwait(false) is null, "a deleted lease is still there");
        var again = await store.TryDeleteAsync(Key, lease.Counter, cancellationToken).ConfigureAwait(false);
        Require(again.Status == LeaseWriteStatus.Missing, $"a delete of a missing lease must say so, but said {again.Status}");
        await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        Require((await store.TryDeleteAsync(Key, expectedCounter: null, cancellationToken).ConfigureAwait(false)).Succeeded, "a delete without an expected counter must be written");
    }

    /// <summary>A listing is complete, whatever the store's page is.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task EveryLeaseIsListed(CancellationToken cancellationToken)
    {
        const int Count = 300;
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        Require((await store.ListAsync(cancellationToken).ConfigureAwait(false)).Count == 0, "an empty store lists something");
        var keys = Enumerable.Range(0, Count).Select(i => $"shardId-{i:D12}").ToList();
        foreach (var some in keys.Chunk(25))
        {
            await Task.WhenAll(some.Select(key => CreateAsync(store, Bare() with { Key = new(key), ShardId = new(key) }, cancellationToken))).ConfigureAwait(false);
        }

        var listed = await store.ListAsync(cancellationToken).ConfigureAwait(false);
        Require(listed.Select(l => l.Key.Value).Order(StringComparer.Ordinal).SequenceEqual(keys), $"{Count} leases were created, {listed.Select(l => l.Key).Distinct().Count()} of {listed.Count} rows listed are different ones");
    }

    /// <summary>Of writers that saw the same row, one wins; the others are told, without an exception.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task OnlyOneOfManyConcurrentWritersWins(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        var writes = await AtOnceAsync(i => store.TryWriteAsync(Key, LeaseWrite.Fenced(lease.Counter, new() { Owner = new(new($"worker-{i}")) }), cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
        var winner = RequireOneWinner(writes);
        RequireSame(winner.Current, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after a race");
    }

    /// <summary>Of workers that create the same lease, one wins.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task OnlyOneOfManyConcurrentCreatorsWins(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var writes = await AtOnceAsync(i => store.TryCreateAsync(Bare() with { Owner = new($"worker-{i}") }, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
        var winner = RequireOneWinner(writes);
        RequireSame(winner.Current, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after a race");
    }

    /// <summary>A call that was cancelled before it began throws and does nothing.</summary>
    /// <param name="cancellationToken">Abandons the case.</param>
    public async Task ACancelledCallSaysSo(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var cancelled = new CancellationToken(canceled: true);
        var said = false;
        try
        {
            await store.TryCreateAsync(Bare(), cancelled).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            said = true;
        }

        Require(said, "a cancelled call must throw an OperationCanceledException");
        Require(await store.GetAsync(Key, cancellationToken).ConfigureAwait(false) is null, "a call that was cancelled before it began took effect");
    }

    private static LeaseWrite ToCheckpoint(long? counter, ExtendedSequenceNumber checkpoint) => new()
    {
        Condition = new() { Counter = counter, Checkpoint = checkpoint },
        Change = new LeaseUpdate { IncrementsCounter = counter is not null, PrivateAttributes = Changes(("kclOne", "1")) },
    };

    private static async Task<Lease> CreateAsync(ILeaseStore store, Lease lease, CancellationToken cancellationToken)
    {
        var write = await store.TryCreateAsync(lease, cancellationToken).ConfigureAwait(false);
        Require(write.Succeeded, $"creating {lease.Key} must be written, but was {write.Status}");
        return await store.GetAsync(lease.Key, cancellationToken).ConfigureAwait(false) ?? throw new ConformanceException($"{lease.Key} was created, but is not read back");
    }

    private static async Task<Lease> WriteAsync(ILeaseStore store, LeaseWrite update, CancellationToken cancellationToken)
    {
        var write = await store.TryWriteAsync(Key, update, cancellationToken).ConfigureAwait(false);
        Require(write.Succeeded, $"an update that expects the row's counter must be written, but was {write.Status}: {update}");
        return write.Current ?? throw new ConformanceException("a write that took effect must show the row");
    }

    private static async Task<Lease> SingleAsync(ILeaseStore store, CancellationToken cancellationToken)
    {
        var listed = await store.ListAsync(cancellationToken).ConfigureAwait(false);
        return listed is [var only] ? only : throw new ConformanceException($"one lease must be listed, but {listed.Count} were");
    }

    private static async Task<LeaseWriteResult[]> AtOnceAsync(Func<int, Task<LeaseWriteResult>> write, CancellationToken cancellationToken)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, 16).Select(async i =>
        {
            await start.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return await write(i).ConfigureAwait(false);
        }).ToList(); // every writer waits before any may go
        start.SetResult();
        return await Task.WhenAll(writers).ConfigureAwait(false);
    }
}
