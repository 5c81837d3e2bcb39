using System.Collections.Concurrent;
using Kcl.Consuming;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>What a shard's consumer asks of the control room.</summary>
/// <param name="context">The leases.</param>
/// <param name="shards">The shard list.</param>
/// <param name="stream">The stream.</param>
/// <param name="parents">Who waits for whom.</param>
/// <param name="leasesCreated">Called when there are new leases to take.</param>
/// <param name="suspect">Called when the stream may have been created again.</param>
internal sealed class ShardCoordination(LeasingServices context, ShardListReader shards, StreamWatch stream, ParentShardTracker parents, Action leasesCreated, Action suspect) : IShardCoordination
{
    // Many shards of a stream tend to end together: they share a listing.
    private static readonly TimeSpan SharedListing = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<ShardRef, ShardAbsence> _absentChildren = [];

    public ValueTask WhenParentsFinishedAsync(Lease lease, CancellationToken cancellationToken) => parents.WhenFinishedAsync(lease, cancellationToken);

    public async ValueTask<ShardListing> FindAsync(ShardRef shard, CancellationToken cancellationToken)
    {
        // Younger than the question: what an older list shows may be what the question is about. Those who ask at once still share a listing.
        var tree = await shards.ListAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        var listed = tree.Find(shard.ShardId);
        return new(listed is not null, listed is { IsOpen: true }, ChildrenOf(tree, shard.ShardId)) { StartingSequenceNumber = listed?.StartingSequenceNumber };
    }

    public void SuspectStream() => suspect();

    public async ValueTask CreateChildLeasesAsync(IHeldLease held, IReadOnlyList<ChildShard> children, CancellationToken cancellationToken)
    {
        var parent = held.Current;
        if (children.Count == 0)
        {
            var tree = await shards.ListAsync(SharedListing, cancellationToken).ConfigureAwait(false);
            children = ChildrenOf(tree, parent.ShardId);
            if (children.Count == 0 && tree.Find(parent.ShardId) is { } listed)
            {
                throw new DependencyException($"Shard {parent.ShardId} has ended, but the shard list {(listed.IsOpen ? "still shows it open" : "names no shard that continues it")}. It is read again.");
            }
        }

        var created = 0;
        foreach (var child in children)
        {
            created += await CreateAsync(parent, child, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        var ids = children.Select(c => c.ShardId).Order().ToArray();
        var kept = await held.TryUpdateAsync(row => ids.All(row.ChildShardIds.Contains) ? null : new LeaseUpdate { ChildShardIds = ids }, cancellationToken).ConfigureAwait(false);
        if (!kept)
        {
            throw new LeaseLostException($"Lease {held.Key} was lost while the leases of the shards that continue it were created.");
        }

        if (created > 0)
        {
            leasesCreated();
        }
    }

    private static IReadOnlyList<ChildShard> ChildrenOf(ShardTree tree, ShardId parent) =>
        [.. tree.ChildrenOf(parent).Select(c => new ChildShard(c.ShardId, c.Parents, c.HashKeyRange))];

    private async ValueTask<bool> CreateAsync(Lease parent, ChildShard child, CancellationToken cancellationToken)
    {
        // After a merge the child waits for both parents: a parent without a lease would let it start too early.
        foreach (var other in child.ParentShards.Where(p => p != parent.ShardId))
        {
            if (await context.Store.GetAsync(stream.Keys.For(other), cancellationToken).ConfigureAwait(false) is null
                && await context.Store.GetAsync(stream.Keys.For(child.ShardId), cancellationToken).ConfigureAwait(false) is null
                && !await IsGoneAsync(other, child, cancellationToken).ConfigureAwait(false))
            {
                CoordinationLog.MissingMergeParentLease(context.Logger, child.ShardId, other);
                throw new DependencyException($"Shard {child.ShardId} continues {parent.ShardId} and {other}, but {other} has no lease yet. It is looked for again.");
            }
        }

        _absentChildren.TryRemove(stream.Keys.Shard(child.ShardId), out _);
        return (await context.Store.TryCreateAsync(ShardSyncPlanner.NewChild(child, parent, stream.Identity, stream.Keys), cancellationToken).ConfigureAwait(false)).Succeeded;
    }

    // A list that shows the child is young enough to show its parent, unless that is gone. One that shows neither may be behind.
    private async ValueTask<bool> IsGoneAsync(ShardId parent, ChildShard child, CancellationToken cancellationToken)
    {
        var asked = context.Time.GetTimestamp();
        var tree = await shards.ListAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        if (tree.Find(parent) is not null)
        {
            return false;
        }

        if (tree.Find(child.ShardId) is not null)
        {
            return true;
        }

        var absence = _absentChildren.GetOrAdd(stream.Keys.Shard(child.ShardId), static (_, time) => new(time), context.Time);
        lock (absence)
        {
            absence.Note(asked, isListed: false);
            return absence.IsProven;
        }
    }
}
