using Kcl.Kinesis;
using Kcl.Leasing;
using static Kcl.Testing.ConformanceRows;

namespace Kcl.Testing;

/// <summary>
/// Tests the requirements of lease stores, independently of a test framework. The tests of a store call the methods of the cases, or
/// <see cref="RunAllAsync"/>.
/// </summary>
/// <remarks>
/// Every case throws a <see cref="ConformanceException"/> if the store does not meet the requirement, and an
/// <see cref="OperationCanceledException"/> if its token is canceled.
/// </remarks>
public abstract partial class LeaseStoreConformance
{
    private static readonly WorkerId Peer = new("worker-2");

    /// <summary>
    /// Creates an empty, initialized store whose application no other store uses. Called once per case; cases share nothing.
    /// </summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    protected abstract ValueTask<ILeaseStore> CreateEmptyAsync(CancellationToken cancellationToken);

    /// <summary>Gets all cases with their names.</summary>
    public IReadOnlyList<(string Name, Func<CancellationToken, Task> Run)> Cases =>
    [
        (nameof(InitializingAgainKeepsTheLeases), InitializingAgainKeepsTheLeases),
        (nameof(ACreatedLeaseIsReadBackInFull), ACreatedLeaseIsReadBackInFull),
        (nameof(ALeaseWithoutOptionalAttributesIsReadBackWithoutThem), ALeaseWithoutOptionalAttributesIsReadBackWithoutThem),
        (nameof(ValuesHaveOneForm), ValuesHaveOneForm),
        (nameof(EveryKindOfCheckpointIsKept), EveryKindOfCheckpointIsKept),
        (nameof(AKeyIsCreatedOnce), AKeyIsCreatedOnce),
        (nameof(AFencedUpdateCountsUp), AFencedUpdateCountsUp),
        (nameof(AnUpdateLeavesTheOtherAttributes), AnUpdateLeavesTheOtherAttributes),
        (nameof(AnUpdateOfAnotherCounterConflictsAndShowsTheRow), AnUpdateOfAnotherCounterConflictsAndShowsTheRow),
        (nameof(AnUpdateDoesNotCreateALease), AnUpdateDoesNotCreateALease),
        (nameof(TheOwnerIsRemovedAndSet), TheOwnerIsRemovedAndSet),
        (nameof(TakingEndsAHandOff), TakingEndsAHandOff),
        (nameof(ReleasingCompletesAHandOff), ReleasingCompletesAHandOff),
        (nameof(APendingCheckpointIsSetAndRemovedWithItsState), APendingCheckpointIsSetAndRemovedWithItsState),
        (nameof(DescriptiveAttributesChangeWithoutFence), DescriptiveAttributesChangeWithoutFence),
        (nameof(OnlyDescriptiveAttributesChangeWithoutFence), OnlyDescriptiveAttributesChangeWithoutFence),
        (nameof(PrivateAttributesAreKeptSetAndRemoved), PrivateAttributesAreKeptSetAndRemoved),
        (nameof(AnUpdateRequiresTheCheckpointItNames), AnUpdateRequiresTheCheckpointItNames),
        (nameof(AnUpdateRequiresTheAbsenceOfTheAttributeItNames), AnUpdateRequiresTheAbsenceOfTheAttributeItNames),
        (nameof(ALeaseIsStartedOverInOneWrite), ALeaseIsStartedOverInOneWrite),
        (nameof(ADeletionCanRequireACounter), ADeletionCanRequireACounter),
        (nameof(InvalidWritesAreRejected), InvalidWritesAreRejected),
        (nameof(RandomWritesFollowLeaseRow), RandomWritesFollowLeaseRow),
        (nameof(EveryLeaseIsListed), EveryLeaseIsListed),
        (nameof(OnlyOneOfManyConcurrentWritersWins), OnlyOneOfManyConcurrentWritersWins),
        (nameof(OnlyOneOfManyConcurrentCreatorsWins), OnlyOneOfManyConcurrentCreatorsWins),
        (nameof(ACancelledCallThrows), ACancelledCallThrows),
    ];

    /// <summary>Runs every case.</summary>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <exception cref="ConformanceException">A case failed; the message names it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
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

    /// <summary>A store can be initialized at any time, and by several workers at the same time.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task InitializingAgainKeepsTheLeases(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.InitializeAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        Require(
            await store.GetAsync(Key, cancellationToken).ConfigureAwait(false) is not null,
            "a lease was lost when the store was initialized again");
    }

    /// <summary>All attributes of a new lease are stored and read back.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task ACreatedLeaseIsReadBackInFull(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var full = Full();
        var write = await store.TryCreateAsync(full, cancellationToken).ConfigureAwait(false);
        Require(write.Succeeded, $"the first create must be written, but was {write.Status}");
        RequireSame(full, write.Current, "the result of the create");
        RequireSame(full, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row read by key");
        RequireSame(full, await SingleAsync(store, cancellationToken).ConfigureAwait(false), "the row listed");
    }

    /// <summary>Attributes that were not given are absent when the lease is read.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task ALeaseWithoutOptionalAttributesIsReadBackWithoutThem(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        RequireSame(Bare(), await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row read by key");
    }

    /// <summary>
    /// An empty state and a range of a single hash key are absent when the lease is read, and lists of shards are sorted sets.
    /// </summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task ValuesHaveOneForm(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        ShardId[] shards = [new("shardId-000000000005"), new("shardId-000000000004"), new("shardId-000000000005")];
        var expected = Bare() with
        {
            PendingCheckpoint = Position("5"),
            ParentShardIds = [shards[1], shards[0]],
            ChildShardIds = [shards[1], shards[0]],
        };
        var lease = await CreateAsync(
            store,
            expected with
            {
                PendingCheckpointState = ReadOnlyMemory<byte>.Empty,
                ParentShardIds = shards,
                ChildShardIds = shards,
                HashKeyRange = new(7, 7),
            },
            cancellationToken).ConfigureAwait(false);
        RequireSame(expected, lease, "the row created");

        lease = await WriteAsync(store, LeaseWrite.Describe(new() { HashKeyRange = new(7, 8) }), cancellationToken).ConfigureAwait(false);
        Require(lease.HashKeyRange == new HashKeyRange(7, 8), "a range of two hash keys must be stored");
        var update = new LeaseUpdate
        {
            PendingCheckpoint = new(new PendingCheckpoint { Position = Position("5"), State = ReadOnlyMemory<byte>.Empty }),
            ParentShardIds = shards,
            ChildShardIds = shards,
            HashKeyRange = new(7, 7),
        };
        lease = await WriteAsync(store, LeaseWrite.Update(lease.Counter, update), cancellationToken).ConfigureAwait(false);
        RequireSame(expected with { Counter = 1 }, lease, "the result of the update");
        RequireSame(expected with { Counter = 1 }, await SingleAsync(store, cancellationToken).ConfigureAwait(false), "the row updated");
    }

    /// <summary>Named positions, sequence numbers of full length and sub-sequence numbers are read back unchanged.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task EveryKindOfCheckpointIsKept(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        foreach (var position in new[]
        {
            ExtendedSequenceNumber.TrimHorizon,
            ExtendedSequenceNumber.Latest,
            ExtendedSequenceNumber.AtTimestamp,
            Position("0"),
            Position("49590338271490256608559692538361571095921575989136588898", 7),
            Position("49590338271490256608559692538361571095921575989136588899", long.MaxValue),
            ExtendedSequenceNumber.ShardEnd,
        })
        {
            lease = await WriteAsync(
                store,
                LeaseWrite.Update(lease.Counter, new() { Checkpoint = position }),
                cancellationToken).ConfigureAwait(false);
            var read = await store.GetAsync(Key, cancellationToken).ConfigureAwait(false);
            Require(read?.Checkpoint == position, $"checkpoint {position} was read back as {read?.Checkpoint}");
        }
    }

    /// <summary>A second creation changes nothing and is a conflict.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task AKeyIsCreatedOnce(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        var second = await store.TryCreateAsync(Bare(), cancellationToken).ConfigureAwait(false);
        Require(second.Status == LeaseWriteStatus.Conflict, $"a second create of one key must be a conflict, but was {second.Status}");
        RequireSame(Full(), await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after the second create");
    }

    /// <summary>A listing contains all leases, even if the store reads several pages.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task EveryLeaseIsListed(CancellationToken cancellationToken)
    {
        const int Count = 300;
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        Require((await store.ListAsync(cancellationToken).ConfigureAwait(false)).Count == 0, "an empty store lists leases");
        var keys = Enumerable.Range(0, Count).Select(i => $"shardId-{i:D12}").ToList();
        foreach (var chunk in keys.Chunk(25))
        {
            var created = chunk.Select(key => CreateAsync(store, Bare() with { Key = new(key), ShardId = new(key) }, cancellationToken));
            await Task.WhenAll(created).ConfigureAwait(false);
        }

        var listed = await store.ListAsync(cancellationToken).ConfigureAwait(false);
        Require(
            listed.Select(l => l.Key.Value).Order(StringComparer.Ordinal).SequenceEqual(keys),
            $"{Count} leases were created; {listed.Count} rows were listed, some keys missing or repeated");
    }

    /// <summary>A call whose token is canceled throws and has no effect.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task ACancelledCallThrows(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var cancelled = new CancellationToken(canceled: true);
        var threw = false;
        try
        {
            await store.TryCreateAsync(Bare(), cancelled).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            threw = true;
        }

        Require(threw, "a canceled call must throw an OperationCanceledException");
        Require(
            await store.GetAsync(Key, cancellationToken).ConfigureAwait(false) is null,
            "a call that was canceled before it began took effect");
    }

    private static async Task<Lease> CreateAsync(ILeaseStore store, Lease lease, CancellationToken cancellationToken)
    {
        var write = await store.TryCreateAsync(lease, cancellationToken).ConfigureAwait(false);
        Require(write.Succeeded, $"creating {lease.Key} must be written, but was {write.Status}");
        return await store.GetAsync(lease.Key, cancellationToken).ConfigureAwait(false)
            ?? throw new ConformanceException($"{lease.Key} was created, but cannot be read");
    }

    private static async Task<Lease> WriteAsync(ILeaseStore store, LeaseWrite write, CancellationToken cancellationToken)
    {
        var result = await store.TryWriteAsync(Key, write, cancellationToken).ConfigureAwait(false);
        Require(result.Succeeded, $"a write whose condition holds must be written, but was {result.Status}: {write}");
        return result.Current ?? throw new ConformanceException("a write that took effect must return the row");
    }

    private static async Task<Lease> SingleAsync(ILeaseStore store, CancellationToken cancellationToken)
    {
        var listed = await store.ListAsync(cancellationToken).ConfigureAwait(false);
        return listed is [var only] ? only : throw new ConformanceException($"one lease must be listed, but {listed.Count} were");
    }
}
