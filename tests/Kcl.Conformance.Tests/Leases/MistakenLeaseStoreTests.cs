using Kcl.Leasing;
using Kcl.Testing;

namespace Kcl.Conformance.Tests.Leases;

/// <summary>Tests that the kit's random histories find a store that ignores one kind of condition or has another mistake.</summary>
public sealed class MistakenLeaseStoreTests
{
    // A single history may miss a mistake. The first few of these find each mistake.
    private const int Seeds = 10;

    private static readonly LeaseKey Key = new("shardId-000000000000");

    private static readonly Dictionary<string, Func<ILeaseStore>> Mistakes = new()
    {
        ["ignores that the row must be absent"] = static () => new MistakenLeaseStore { Admits = static (c, row) => c.RequiresAbsentRow
            || LeaseRow.Admits(c, row) },
        ["ignores that the row must be present"] = static () => new MistakenLeaseStore
        {
            Admits = static (c, row) => row is null ? c == LeaseCondition.RowAbsent || c.Counter is null or 0 : LeaseRow.Admits(c, row),
            Apply = static (change, row) => LeaseRow.Apply(
                change,
                row ?? new() { Key = Key, ShardId = new(Key.Value), Checkpoint = ExtendedSequenceNumber.Latest }),
        },
        ["ignores the counter"] = static () => Ignoring(static c => c with { Counter = null }),
        ["ignores which owner it must be"] = static () => Ignoring(static c => c.Owner is { Value: not null }
            ? c with { Owner = null }
            : c),
        ["ignores that the owner must be absent"] = static () => Ignoring(static c => c.Owner is { Value: null }
            ? c with { Owner = null }
            : c),
        ["ignores which checkpoint owner it must be"] = static () => Ignoring(static c => c.CheckpointOwner is { Value: not null }
            ? c with { CheckpointOwner = null }
            : c),
        ["ignores that the checkpoint owner must be absent"] = static () => Ignoring(static c => c.CheckpointOwner is { Value: null }
            ? c with { CheckpointOwner = null }
            : c),
        ["ignores the checkpoint"] = static () => Ignoring(static c => c with { Checkpoint = null }),
        ["ignores the sub-sequence number of the checkpoint"] = static () => new MistakenLeaseStore
        {
            Admits = static (c, row) => LeaseRow.Admits(c, row)
                || (c.Checkpoint is { } checkpoint
                    && row is not null
                    && checkpoint.SequenceNumber == row.Checkpoint.SequenceNumber
                    && LeaseRow.Admits(c with { Checkpoint = row.Checkpoint }, row)),
        },
        ["ignores which private attribute it must be"] = static () => IgnoringAttributes(static value => value is not null),
        ["ignores that a private attribute must be absent"] = static () => IgnoringAttributes(static value => value is null),
        ["holds conditions that are joined if one part holds"] = static () => new MistakenLeaseStore
        {
            Admits = static (c, row) => LeaseRow.Admits(c, row) || (c.Counter is not null && LeaseRow.Admits(
                LeaseCondition.CounterIs(c.Counter.Value),
                row)),
        },
        ["forgets to increment the counter"] = static () => Changing(static update => update with { IncrementsCounter = false }),
        ["forgets to increment the owner switches"] = static () =>
            Changing(static update => update with { IncrementsOwnerSwitches = false }),
        ["forgets to remove the checkpoint owner"] = static () => Changing(static update => update.CheckpointOwner is { Value: null }
            ? update with { CheckpointOwner = null }
            : update),
        ["removes the next owner with the hand-off"] = static () => Changing(static update => update.ReleasesLease
            ? update with { ReleasesLease = false, Owner = new(null), CheckpointOwner = new(null) }
            : update),
        ["drops private attributes that a write does not name"] = static () => new MistakenLeaseStore
        {
            Apply = static (change, row) => LeaseRow.Apply(
                change,
                change is LeaseUpdate { PrivateAttributes: not null }
                    ? row! with { PrivateAttributes = new Dictionary<string, string>() }
                    : row),
        },
        ["keeps the state of the previous pending checkpoint"] = static () => new MistakenLeaseStore
        {
            Apply = static (change, row) => LeaseRow.Apply(change, row)
                is { PendingCheckpoint: not null, PendingCheckpointState: null } after
                ? after with { PendingCheckpointState = row?.PendingCheckpointState }
                : LeaseRow.Apply(change, row),
        },
        ["keeps the hash keys if the new range has one"] = static () =>
            Changing(static update => update.HashKeyRange is { } range && range.Start == range.End
                ? update with { HashKeyRange = null }
                : update),
        ["ignores private attributes with a long name"] = static () => Ignoring(static c => c with
        {
            PrivateAttributes = c.PrivateAttributes.Where(static a => a.Key.Length <= 128).ToDictionary(),
        }),
        ["says that a write that it refused was written"] = static () => new MistakenLeaseStore { Refuse = LeaseWriteResult.Written },
        ["says that a missing row is a conflict"] = static () => new MistakenLeaseStore { Refuse = LeaseWriteResult.Conflict },
    };

    public static TheoryData<string> Names => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Random_histories_find_a_store_that(string mistake)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            if (await FindsAsync(seed, Mistakes[mistake]))
            {
                return;
            }
        }

        Assert.Fail($"No history found a store that {mistake}.");
    }

    [Fact]
    public async Task Random_histories_find_nothing_wrong_with_a_store_without_mistakes()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            Assert.False(await FindsAsync(seed, static () => new MistakenLeaseStore()));
        }
    }

    [Fact]
    public async Task The_kit_finds_a_store_that_does_not_validate_writes()
    {
        var kit = new Kit(1, static () => new MistakenLeaseStore { Validate = static (_, _) => { } });
        var failure = await Assert.ThrowsAsync<ConformanceException>(
            () => kit.InvalidWritesAreRejected(TestContext.Current.CancellationToken));
        Assert.Contains(nameof(LeaseWrite.ThrowIfInvalid), failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Each planted store validates everything but one part of a creation.</summary>
    [Theory]
    [InlineData("private attributes")]
    [InlineData("workers")]
    [InlineData("shards")]
    public async Task The_kit_finds_a_store_that_does_not_validate_all_of_a_creation(string part)
    {
        var kit = new Kit(1, () => new MistakenLeaseStore { Validate = (key, write) => Without(part, write).ThrowIfInvalid(key) });
        await Assert.ThrowsAsync<ConformanceException>(() => kit.InvalidWritesAreRejected(TestContext.Current.CancellationToken));
    }

    private static LeaseWrite Without(string part, LeaseWrite write) => write.Change is not LeaseCreation { Lease: { } lease }
        ? write
        : write with
        {
            Change = new LeaseCreation
            {
                Lease = part switch
                {
                    "private attributes" => lease with { PrivateAttributes = new Dictionary<string, string>() },
                    "workers" => lease with { Owner = null, CheckpointOwner = null },
                    _ => lease with { ShardId = new(lease.Key.Value), ParentShardIds = [], ChildShardIds = [] },
                },
            },
        };

    private static async Task<bool> FindsAsync(int seed, Func<ILeaseStore> store)
    {
        try
        {
            await new Kit(seed, store).RandomWritesFollowLeaseRow(TestContext.Current.CancellationToken);
            return false;
        }
        catch (ConformanceException exception)
        {
            Assert.Contains($"KCL_TEST_SEED={seed}", exception.Message, StringComparison.Ordinal);
            return true;
        }
    }

    private static MistakenLeaseStore Ignoring(Func<LeaseCondition, LeaseCondition> without) => new()
    {
        Admits = (condition, row) => LeaseRow.Admits(without(condition), row),
    };

    private static MistakenLeaseStore IgnoringAttributes(Func<string?, bool> ignores) =>
        Ignoring(condition => condition with { PrivateAttributes = condition.PrivateAttributes.Where(a => !ignores(a.Value))
            .ToDictionary() });

    private static MistakenLeaseStore Changing(Func<LeaseUpdate, LeaseUpdate> mistaken) => new()
    {
        Apply = (change, row) => LeaseRow.Apply(change is LeaseUpdate update ? mistaken(update) : change, row),
    };

    private sealed class Kit(int seed, Func<ILeaseStore> store) : LeaseStoreConformance
    {
        protected override int Seed => seed;

        protected override ValueTask<ILeaseStore> CreateEmptyAsync(CancellationToken cancellationToken) => ValueTask.FromResult(store());
    }
}
