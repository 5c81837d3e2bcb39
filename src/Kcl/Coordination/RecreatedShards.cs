using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>Which leases speak of shards of an earlier stream of the same name. Pure.</summary>
internal static class RecreatedShards
{
    /// <summary>Decides.</summary>
    /// <param name="leases">The table as read.</param>
    /// <param name="tree">The whole shard list.</param>
    /// <returns>
    /// The leases whose checkpoint lies before the first record their shard ever had. None unless that holds for every lease whose checkpoint can tell:
    /// a stream is created again as a whole, anything else is somebody's mistake and better left alone.
    /// </returns>
    public static IReadOnlyList<Lease> Find(IReadOnlyList<Lease> leases, ShardTree tree)
    {
        var telling = leases.Where(l => l.Checkpoint.IsNumber && tree.Find(l.ShardId) is not null).ToList();
        if (telling.Count == 0 || telling.Exists(l => l.Checkpoint.SequenceNumber >= tree.Find(l.ShardId)!.StartingSequenceNumber))
        {
            return [];
        }

        // With them go the shards that were finished in the earlier stream and are open in this one.
        return [.. telling, .. leases.Where(l => l.Checkpoint.IsShardEnd && tree.Find(l.ShardId) is { IsOpen: true })];
    }
}
