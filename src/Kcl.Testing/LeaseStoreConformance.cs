using Kcl.Kinesis;
using Kcl.Leasing;
using static Kcl.Testing.ConformanceRows;

namespace Kcl.Testing;

/// <summary>
/// Tests of what every lease store must do. They depend on no test framework: a failure is a <see cref="ConformanceException"/>, and the
/// tests of a store call these methods, or <see cref="RunAllAsync"/>.
/// </summary>
public abstract partial class LeaseStoreConformance
{
    private static readonly WorkerId Peer = new("worker-2");

    /// <summary>Creates an empty, initialized store for an application of its own. Called once per case; cases share nothing.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    protected abstract ValueTask<ILeaseStore> CreateEmptyAsync(CancellationToken cancellationToken);

    /// <summary>Gets all cases with their names.</summary>
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
        (nameof(TakingEndsAHandOff), TakingEndsAHandOff),
        (nameof(ReleasingCompletesAHandOff), ReleasingCompletesAHandOff),
        (nameof(APendingCheckpointIsSetAndRemovedWithItsState), APendingCheckpointIsSetAndRemovedWithItsState),
        (nameof(DescriptiveAttributesChangeWithoutFence), DescriptiveAttributesChangeWithoutFence),
        (nameof(OnlyDescriptiveAttributesChangeWithoutFence), OnlyDescriptiveAttributesChangeWithoutFence),
        (nameof(PrivateAttributesAreKeptSetAndRemoved), PrivateAttributesAreKeptSetAndRemoved),
        (nameof(AnUpdateRequiresTheCheckpointItNames), AnUpdateRequiresTheCheckpointItNames),
        (nameof(AnUpdateRequiresTheAbsenceOfTheAttributeItNames), AnUpdateRequiresTheAbsenceOfTheAttributeItNames),
        (nameof(ALeaseIsStartedOverInOneWrite), ALeaseIsStartedOverInOneWrite),
        (nameof(ADeleteIsFencedWhereAsked), ADeleteIsFencedWhereAsked),
        (nameof(RandomWritesHaveTheMeaningOfTheModel), RandomWritesHaveTheMeaningOfTheModel),
        (nameof(EveryLeaseIsListed), EveryLeaseIsListed),
        (nameof(OnlyOneOfManyConcurrentWritersWins), OnlyOneOfManyConcurrentWritersWins),
        (nameof(OnlyOneOfManyConcurrentCreatorsWins), OnlyOneOfManyConcurrentCreatorsWins),
        (nameof(ACancelledCallSaysSo), ACancelledCallSaysSo),
    ];

    /// <summary>Runs every case.</summary>
    /// <param name="cancellationToken">Cancels the run.</param>
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

    /// <summary>A store can be initialized at any time, and by several workers at the same time.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task InitializingAgainKeepsWhatIsThere(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.InitializeAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        Require(
            await store.GetAsync(Key, cancellationToken).ConfigureAwait(false) is not null,
            "a lease disappeared when the store was initialized again");
    }

    /// <summary>All attributes of a new lease are stored and read back.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
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

    /// <summary>Attributes that were not given are absent when the lease is read.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task ALeaseWithoutOptionalAttributesIsReadBackWithoutThem(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        RequireSame(Bare(), await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row read by key");
    }

    /// <summary>Named positions, numbers of full length and sub-sequence numbers survive.</summary>
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

    /// <summary>A second creation changes nothing, and shows the existing row.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task AKeyIsCreatedOnce(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        var second = await store.TryCreateAsync(Bare(), cancellationToken).ConfigureAwait(false);
        Require(second.Status == LeaseWriteStatus.Conflict, $"a second create of one key must be a conflict, but was {second.Status}");
        RequireSame(Full(), await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after the second create");
    }

    /// <summary>A listing contains all leases, also if it takes several pages.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task EveryLeaseIsListed(CancellationToken cancellationToken)
    {
        const int Count = 300;
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        Require((await store.ListAsync(cancellationToken).ConfigureAwait(false)).Count == 0, "an empty store lists something");
        var keys = Enumerable.Range(0, Count).Select(i => $"shardId-{i:D12}").ToList();
        foreach (var some in keys.Chunk(25))
        {
            var created = some.Select(key => CreateAsync(store, Bare() with { Key = new(key), ShardId = new(key) }, cancellationToken));
            await Task.WhenAll(created).ConfigureAwait(false);
        }

        var listed = await store.ListAsync(cancellationToken).ConfigureAwait(false);
        Require(
            listed.Select(l => l.Key.Value).Order(StringComparer.Ordinal).SequenceEqual(keys),
            $"{Count} leases were created; {listed.Count} rows were listed, some keys missing or repeated");
    }

    /// <summary>A call with a canceled token throws and does nothing.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task ACancelledCallSaysSo(CancellationToken cancellationToken)
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

        Require(threw, "a cancelled call must throw an OperationCanceledException");
        Require(
            await store.GetAsync(Key, cancellationToken).ConfigureAwait(false) is null,
            "a call that was cancelled before it began took effect");
    }

    private static async Task<Lease> CreateAsync(ILeaseStore store, Lease lease, CancellationToken cancellationToken)
    {
        var write = await store.TryCreateAsync(lease, cancellationToken).ConfigureAwait(false);
        Require(write.Succeeded, $"creating {lease.Key} must be written, but was {write.Status}");
        return await store.GetAsync(lease.Key, cancellationToken).ConfigureAwait(false)
            ?? throw new ConformanceException($"{lease.Key} was created, but is not read back");
    }

    private static async Task<Lease> WriteAsync(ILeaseStore store, LeaseWrite write, CancellationToken cancellationToken)
    {
        var result = await store.TryWriteAsync(Key, write, cancellationToken).ConfigureAwait(false);
        Require(result.Succeeded, $"a write whose condition holds must be written, but was {result.Status}: {write}");
        return result.Current ?? throw new ConformanceException("a write that took effect must show the row");
    }

    private static async Task<Lease> SingleAsync(ILeaseStore store, CancellationToken cancellationToken)
    {
        var listed = await store.ListAsync(cancellationToken).ConfigureAwait(false);
        return listed is [var only] ? only : throw new ConformanceException($"one lease must be listed, but {listed.Count} were");
    }
}
