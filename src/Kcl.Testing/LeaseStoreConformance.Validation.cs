using Kcl.Leasing;
using static Kcl.Testing.ConformanceRows;

namespace Kcl.Testing;

/// <content>Writes that are not valid.</content>
public abstract partial class LeaseStoreConformance
{
    private static readonly LeaseKey NewKey = new("shardId-000000000007");

    /// <summary>A write that <see cref="LeaseWrite.ThrowIfInvalid"/> rejects changes nothing and throws an exception.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task InvalidWritesAreRejected(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        await CreateAsync(store, Full(), cancellationToken).ConfigureAwait(false);
        foreach (var (what, key, write) in InvalidWrites())
        {
            await RequireRejectedAsync(store, what, key, write, cancellationToken).ConfigureAwait(false);
            RequireSame(Full(), await SingleAsync(store, cancellationToken).ConfigureAwait(false), $"the only row after {what}");
        }
    }

    private static async Task RequireRejectedAsync(
        ILeaseStore store,
        string what,
        LeaseKey key,
        LeaseWrite write,
        CancellationToken cancellationToken)
    {
        try
        {
            await store.TryWriteAsync(key, write, cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            return;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new ConformanceException(
                $"{what} is not valid and must be rejected with an ArgumentException, but threw {exception.GetType().Name}: "
                    + $"{exception.Message} Call {nameof(LeaseWrite)}.{nameof(LeaseWrite.ThrowIfInvalid)} before each write.",
                exception);
        }

        throw new ConformanceException($"{what} is not valid and must be rejected with an ArgumentException. Call "
            + $"{nameof(LeaseWrite)}.{nameof(LeaseWrite.ThrowIfInvalid)} before each write.");
    }

    private static IEnumerable<(string What, LeaseKey Key, LeaseWrite Write)> InvalidWrites()
    {
        var lease = Bare() with { Key = NewKey, ShardId = new(NewKey.Value) };
        var deletion = LeaseWrite.Delete(null);
        yield return ("a creation that requires a row", NewKey, LeaseWrite.Create(lease) with { Condition = LeaseCondition.RowPresent });
        yield return ("a deletion that requires no row", Key, deletion with { Condition = LeaseCondition.RowAbsent });
        yield return ("a write of the default key", default, deletion);
        yield return ("a write without a condition", Key, deletion with { Condition = null! });
        yield return ("a write without a change", Key, deletion with { Change = null! });
        foreach (var (what, invalid) in InvalidLeases(lease))
        {
            yield return ($"the creation of a lease with {what}", NewKey, LeaseWrite.Create(invalid));
        }

        foreach (var (what, condition, update) in InvalidParts())
        {
            yield return ($"an update with {what}", Key, new() { Condition = condition, Change = update });
        }

        foreach (var name in (string[])["", "kcl", "other", "leaseOwner", "leaseCounter", "kcl-one", "kcl.one", "kcl one", TooLongName])
        {
            var change = Changes((name, "x"));
            yield return ($"the creation of a lease with a private attribute '{name}'", NewKey, LeaseWrite.Create(
                lease with { PrivateAttributes = Private((name, "x")) }));
            yield return ($"an update of a private attribute '{name}'", Key, LeaseWrite.Describe(new() { PrivateAttributes = change }));
            yield return ($"a condition on a private attribute '{name}'", Key, deletion with
            {
                Condition = LeaseCondition.RowPresent with { PrivateAttributes = change },
            });
        }
    }

    private static string TooLongName => Lease.PrivateAttributePrefix + new string('a', Lease.MaxPrivateAttributeNameLength);

    private static IEnumerable<(string What, Lease Lease)> InvalidLeases(Lease lease)
    {
        yield return ("another key", lease with { Key = new("shardId-000000000008"), ShardId = new("shardId-000000000008") });
        yield return ("the default shard id", lease with { ShardId = default });
        yield return ("the id of another shard", lease with { ShardId = new("shardId-000000000008") });
        yield return ("a negative counter", lease with { Counter = -1 });
        yield return ("the default owner", lease with { Owner = default(WorkerId) });
        yield return ("the default checkpoint owner", lease with { CheckpointOwner = default(WorkerId) });
        yield return ("the default parent", lease with { ParentShardIds = [default] });
        yield return ("the default child", lease with { ChildShardIds = [default] });
        yield return ("a state without a pending checkpoint", lease with { PendingCheckpointState = new byte[] { 1 } });
        yield return ("the character U+0000 in the owner", lease with { Owner = new("a\0b") });
        yield return ("a private attribute without a value", lease with { PrivateAttributes = Private(("kclOne", null!)) });
        yield return ("half of a surrogate pair in a private attribute", lease with { PrivateAttributes = Private(("kclOne", "\ud800")) });
    }

    private static IEnumerable<(string What, LeaseCondition Condition, LeaseUpdate Update)> InvalidParts()
    {
        var counter = LeaseCondition.CounterIs(Full().Counter);
        var renewal = new LeaseUpdate { IncrementsCounter = true };
        yield return ("the default required owner", counter with { Owner = new(default(WorkerId)) }, renewal);
        yield return ("the default required checkpoint owner", counter with { CheckpointOwner = new(default(WorkerId)) }, renewal);
        yield return ("the default owner", counter, renewal with { Owner = new(default(WorkerId)) });
        yield return ("the default checkpoint owner", counter, renewal with { CheckpointOwner = new(default(WorkerId)) });
        yield return ("the default parent", counter, renewal with { ParentShardIds = [default] });
        yield return ("the default child", counter, renewal with { ChildShardIds = [default] });
        yield return ("the character U+0000 in a private attribute", counter, renewal with
        {
            PrivateAttributes = Changes(("kclOne", "a\0b")),
        });
        yield return (
            "half of a surrogate pair in a condition",
            counter with { PrivateAttributes = Changes(("kclOne", "\udc00")) },
            renewal);
        yield return ("a release that sets an owner", counter, renewal with { ReleasesLease = true, Owner = new(Me) });
    }
}
