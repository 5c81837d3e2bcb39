using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>Selects the leases of finished shards that can be deleted. Pure function.</summary>
internal static class LeaseCleanup
{
    /// <summary>Returns the leases to delete.</summary>
    /// <param name="leases">The listing of the table.</param>
    /// <param name="tree">The whole shard list.</param>
    /// <param name="keys">The keys of the stream's leases.</param>
    /// <param name="ofFinishedShards">
    /// Whether leases of shards that are still listed are deleted as soon as their children are being processed.
    /// </param>
    /// <remarks>
    /// The row of a finished shard lets its children start. It is kept until every child has a lease that was checkpointed or starts at the
    /// tip, and until the rows of its own parents are deleted. Rows of shards that the service no longer lists are not needed.
    /// </remarks>
    public static IReadOnlyList<Lease> Plan(IReadOnlyList<Lease> leases, ShardTree tree, StreamLeaseKeys keys, bool ofFinishedShards)
    {
        var byKey = leases.ToDictionary(l => l.Key);
        return [.. leases.Where(l => l.Checkpoint.IsShardEnd && CanDelete(l))];

        bool CanDelete(Lease lease) => tree.Find(lease.ShardId) is { } shard
            ? ofFinishedShards && !shard.IsOpen && IsContinued(lease)
            : HasNoWaitingChild(lease);

        bool IsContinued(Lease lease)
        {
            var children = lease.ChildShardIds.Count > 0 ? lease.ChildShardIds : [.. tree.ChildrenOf(lease.ShardId).Select(c => c.ShardId)];
            return children.Count > 0
                && children.All(c => byKey.TryGetValue(keys.For(c), out var child) && !LeaseAnnotations.PositionOf(child).IncludesAncestors)
                && !lease.ParentShardIds.Any(p => byKey.ContainsKey(keys.For(p)));
        }

        // A child that gets its lease later finds no row of its parent, and may start, because a missing row means that the parent is
        // finished.
        bool HasNoWaitingChild(Lease lease) => lease.ChildShardIds.All(c => byKey.ContainsKey(keys.For(c)) || tree.Find(c) is null);
    }
}
