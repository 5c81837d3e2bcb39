using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>Which leases of finished shards are of no use any more. Pure.</summary>
internal static class LeaseCleanup
{
    /// <summary>Decides.</summary>
    /// <param name="leases">The table as read.</param>
    /// <param name="tree">The whole shard list.</param>
    /// <param name="keys">The keys of the stream's leases.</param>
    /// <param name="ofFinishedShards">Whether leases of shards that are still listed are removed as soon as their children are under way.</param>
    /// <returns>The leases to delete.</returns>
    /// <remarks>
    /// A finished shard's row is what lets its children start: it stays until every child has a lease that was checkpointed, or starts at the tip, and until
    /// the rows of its own parents are gone. Rows of shards that the service has forgotten are of no use to anybody.
    /// </remarks>
    public static IReadOnlyList<Lease> Plan(IReadOnlyList<Lease> leases, ShardTree tree, StreamLeaseKeys keys, bool ofFinishedShards)
    {
        var byKey = leases.ToDictionary(l => l.Key);
        return [.. leases.Where(l => l.Checkpoint.IsShardEnd && (tree.Find(l.ShardId) is not { } shard ? HasNoWaitingChild(l) : ofFinishedShards && !shard.IsOpen && IsDone(l)))];

        bool IsDone(Lease lease)
        {
            var children = lease.ChildShardIds.Count > 0 ? lease.ChildShardIds : [.. tree.ChildrenOf(lease.ShardId).Select(c => c.ShardId)];
            return children.Count > 0
                && children.All(c => byKey.TryGetValue(keys.For(c), out var child) && IsUnderWay(child))
                && !lease.ParentShardIds.Any(p => byKey.ContainsKey(keys.For(p)));
        }

        // A child that still has to be given its lease finds its parent's row missing and may start: that is what a missing row means.
        bool HasNoWaitingChild(Lease lease) => lease.ChildShardIds.All(c => byKey.ContainsKey(keys.For(c)) || tree.Find(c) is null);
    }

    private static bool IsUnderWay(Lease child) => child.Checkpoint != ExtendedSequenceNumber.TrimHorizon && child.Checkpoint != ExtendedSequenceNumber.AtTimestamp;
}
