using System.Collections.Concurrent;
using Kcl.Consuming;
using Kcl.Coordination.ShardSync;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.Assignment;

/// <summary>Coordinates the consumers of one stream's shards: the wait for parents, and the leases of children.</summary>
/// <param name="services">The services of the coordination.</param>
/// <param name="shards">The shard list.</param>
/// <param name="stream">The stream.</param>
/// <param name="parents">Tracks which parents are finished.</param>
/// <param name="onLeasesCreated">Called when there are new leases to take.</param>
/// <param name="requestStreamCheck">Called when the stream may have been re-created.</param>
internal sealed class ShardCoordination(
    CoordinationServices services,
    ShardListReader shards,
    StreamMonitor stream,
    ParentShardTracker parents,
    Action onLeasesCreated,
    Action requestStreamCheck) : IShardCoordination
{
    // Shards of a stream often end at the same time. They share a shard list.
    private static readonly TimeSpan SharedListAge = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<ShardRef, ShardAbsence> _absentChildren = [];

    public ValueTask WhenParentsFinishedAsync(Lease lease, CancellationToken cancellationToken) =>
        parents.WhenFinishedAsync(lease, cancellationToken);

    public async ValueTask<ShardListing> FindAsync(ShardRef shard, CancellationToken cancellationToken)
    {
        // A list that was requested before this call may not show the change about which the caller asks. Concurrent callers still share a
        // list.
        var tree = await shards.ListAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        var listed = tree.Find(shard.ShardId);
        return new(listed is not null, listed is { IsOpen: true }, ChildrenOf(tree, shard.ShardId))
        {
            StartingSequenceNumber = listed?.StartingSequenceNumber,
        };
    }

    public void RequestStreamCheck() => requestStreamCheck();

    public async ValueTask CreateChildLeasesAsync(IHeldLease held, IReadOnlyList<ChildShard> children, CancellationToken cancellationToken)
    {
        var parent = held.Current;
        if (children.Count == 0)
        {
            children = await FindChildrenAsync(parent.ShardId, cancellationToken).ConfigureAwait(false);
        }

        var created = 0;
        foreach (var child in children)
        {
            created += await CreateAsync(parent, child, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        var ids = children.Select(c => c.ShardId).Order().ToArray();
        var isHeld = await held.TryUpdateAsync(
            row => ids.All(row.ChildShardIds.Contains) ? null : new LeaseUpdate { ChildShardIds = ids },
            cancellationToken).ConfigureAwait(false);
        if (!isHeld)
        {
            throw new LeaseLostException($"Lease {held.Key} was lost while the leases of its child shards were created.");
        }

        if (created > 0)
        {
            onLeasesCreated();
        }
    }

    private static IReadOnlyList<ChildShard> ChildrenOf(ShardTree tree, ShardId parent) =>
        [.. tree.ChildrenOf(parent).Select(c => new ChildShard(c.ShardId, c.Parents, c.HashKeyRange))];

    private async ValueTask<IReadOnlyList<ChildShard>> FindChildrenAsync(ShardId parent, CancellationToken cancellationToken)
    {
        var tree = await shards.ListAsync(SharedListAge, cancellationToken).ConfigureAwait(false);
        var children = ChildrenOf(tree, parent);
        return children.Count == 0 && tree.Find(parent) is { } listed
            ? throw new DependencyException(
                $"Shard {parent} has ended, but the shard list "
                + (listed.IsOpen ? "still shows it as open" : "contains no child of it") + ". The list will be read again.")
            : children;
    }

    private async ValueTask<bool> CreateAsync(Lease parent, ChildShard child, CancellationToken cancellationToken)
    {
        // After a merge, the child waits for both parents. A parent without a lease would let it start too early. A lease of an earlier
        // stream does not count as a lease of the parent, because it may be removed.
        foreach (var other in child.ParentShards.Where(p => p != parent.ShardId))
        {
            var row = await services.Store.GetAsync(stream.Keys.For(other), cancellationToken).ConfigureAwait(false);
            if ((row is null || LeaseAnnotations.IsOfEarlierStream(row, parent))
                && await services.Store.GetAsync(stream.Keys.For(child.ShardId), cancellationToken).ConfigureAwait(false) is null
                && !await IsUnlistedAsync(other, child, cancellationToken).ConfigureAwait(false))
            {
                CoordinationLog.MissingMergeParentLease(services.Logger, child.ShardId, other);
                throw new DependencyException(
                    $"Shard {child.ShardId} is a child of {parent.ShardId} and {other}, but {other} has no lease yet. "
                    + "The lease will be read again.");
            }
        }

        _absentChildren.TryRemove(stream.Keys.Shard(child.ShardId), out _);
        var lease = ShardSyncPlanner.CreateChildLease(child, parent, stream.Identity, stream.Keys);
        return (await services.Store.TryCreateAsync(lease, cancellationToken).ConfigureAwait(false)).Succeeded;
    }

    // A list that contains the child is recent enough to contain its parent, if the parent still exists. A list that contains neither may
    // be outdated.
    private async ValueTask<bool> IsUnlistedAsync(ShardId parent, ChildShard child, CancellationToken cancellationToken)
    {
        var requestedAt = services.Time.GetTimestamp();
        var tree = await shards.ListAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        if (tree.Find(parent) is not null)
        {
            return false;
        }

        if (tree.Find(child.ShardId) is not null)
        {
            return true;
        }

        var absence = _absentChildren.GetOrAdd(stream.Keys.Shard(child.ShardId), static (_, time) => new(time), services.Time);
        lock (absence)
        {
            absence.Add(requestedAt, isListed: false);
            return absence.IsProven;
        }
    }
}
