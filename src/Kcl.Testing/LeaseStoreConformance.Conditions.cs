using Kcl.Kinesis;
using Kcl.Leasing;
using static Kcl.Testing.ConformanceRows;

namespace Kcl.Testing;

/// <content>Private attributes, and conditions besides the counter.</content>
public abstract partial class LeaseStoreConformance
{
    private const string Odd = "a \"quoted\" text, é, {}";

    /// <summary>
    /// Writes preserve private attributes that they do not name. Each attribute can be changed alone, with or without a fence.
    /// </summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task PrivateAttributesAreKeptSetAndRemoved(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(
            store,
            Bare() with { PrivateAttributes = Private(("kclOne", "1"), ("kclTwo", Odd)) },
            cancellationToken).ConfigureAwait(false);
        RequireSame(
            Bare() with { PrivateAttributes = Private(("kclOne", "1"), ("kclTwo", Odd)) },
            lease,
            "a lease created with private attributes");
        lease = await WriteAsync(
            store,
            LeaseWrite.Update(lease.Counter, new() { Owner = new(Me), Checkpoint = Position("5") }),
            cancellationToken).ConfigureAwait(false);
        RequireSame(
            Bare() with
            {
                Counter = 1,
                Owner = Me,
                Checkpoint = Position("5"),
                PrivateAttributes = Private(("kclOne", "1"), ("kclTwo", Odd)),
            },
            lease,
            "the row after a write that names no private attribute");

        lease = await WriteAsync(
            store,
            LeaseWrite.Describe(new() { PrivateAttributes = Changes(("kclOne", null), ("kclThree", "3"), ("kclAbsent", null)) }),
            cancellationToken).ConfigureAwait(false);
        Require(
            lease.Counter == 1,
            $"a change of private attributes without a fence must leave the counter at 1, but it is {lease.Counter}");
        RequirePrivate(lease, "the result of a change without a fence", ("kclThree", "3"), ("kclTwo", Odd));
        lease = await WriteAsync(
            store,
            LeaseWrite.Update(1, new() { PrivateAttributes = Changes(("kclTwo", "2"), ("kclThree", null)) }),
            cancellationToken).ConfigureAwait(false);
        RequirePrivate(lease, "the result of a fenced change", ("kclTwo", "2"));
        lease = await WriteAsync(
            store,
            LeaseWrite.Update(2, new() { PrivateAttributes = Changes(("kclTwo", null)) }),
            cancellationToken).ConfigureAwait(false);
        RequirePrivate(lease, "the result of the removal of the last one");
        RequirePrivate(await SingleAsync(store, cancellationToken).ConfigureAwait(false), "the row listed");
    }

    /// <summary>The checkpoint can be a condition, with or without a fence.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task AnUpdateRequiresTheCheckpointItNames(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Bare() with { Checkpoint = Position("77", 3) }, cancellationToken).ConfigureAwait(false);
        foreach (var wrong in (ExtendedSequenceNumber[])[ExtendedSequenceNumber.Latest, Position("77", 2), Position("7", 3)])
        {
            foreach (var fence in (long?[])[null, 0])
            {
                var write = await store.TryWriteAsync(Key, ToCheckpoint(fence, wrong), cancellationToken).ConfigureAwait(false);
                Require(
                    write.Status == LeaseWriteStatus.Conflict,
                    $"an update that expects checkpoint {wrong} at {lease.Checkpoint} must be a conflict, but was {write.Status}");
            }
        }

        RequireSame(lease, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after conflicts");
        lease = await WriteAsync(store, ToCheckpoint(null, Position("77", 3)), cancellationToken).ConfigureAwait(false);
        RequirePrivate(lease, "the row after the condition held", ("kclOne", "1"));
        var missing = await store.TryWriteAsync(
            new("shardId-000000000099"),
            ToCheckpoint(null, Position("77", 3)),
            cancellationToken).ConfigureAwait(false);
        Require(missing.Status == LeaseWriteStatus.Missing, $"an update of a missing lease must be Missing, but was {missing.Status}");
    }

    /// <summary>If several writers set an attribute that must be absent, one succeeds.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task AnUpdateRequiresTheAbsenceOfTheAttributeItNames(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Bare() with { PrivateAttributes = Private(("kclOther", "x")) }, cancellationToken).ConfigureAwait(false);
        var writes = await RunConcurrentlyAsync(
            i => store.TryWriteAsync(
                Key,
                new()
                {
                    Condition = LeaseCondition.RowPresent with { PrivateAttributes = Changes(("kclOne", null)) },
                    Change = new LeaseUpdate { PrivateAttributes = Changes(("kclOne", $"{i}")) },
                },
                cancellationToken).AsTask(),
            cancellationToken).ConfigureAwait(false);
        var winner = RequireOneWinner(writes);
        RequireSame(winner.Current, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after a race");
    }

    /// <summary>Owner, positions, parents, children, range and private attributes change together or not at all.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
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
        var changed = await WriteAsync(store, LeaseWrite.Update(lease.Counter, update), cancellationToken).ConfigureAwait(false);
        RequireSame(LeaseRow.Apply(update, lease), changed, "the answer");
        RequireSame(
            Bare() with { Counter = 42, HashKeyRange = new(3, 9), PrivateAttributes = Private(("kclTwo", "2")) },
            await store.GetAsync(Key, cancellationToken).ConfigureAwait(false),
            "the row read by key");
        changed = await WriteAsync(
            store,
            LeaseWrite.Describe(new() { ParentShardIds = [new("shardId-000000000001")] }),
            cancellationToken).ConfigureAwait(false);
        Require(changed.ParentShardIds is [{ Value: "shardId-000000000001" }], "parents can be changed without a fence");
    }

    private static LeaseWrite ToCheckpoint(long? counter, ExtendedSequenceNumber checkpoint) => new()
    {
        Condition = new() { Counter = counter, Checkpoint = checkpoint },
        Change = new LeaseUpdate { IncrementsCounter = counter is not null, PrivateAttributes = Changes(("kclOne", "1")) },
    };
}
