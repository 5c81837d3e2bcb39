using Kcl.Kinesis;
using Kcl.Leasing;

namespace Kcl.Coordination.ShardSync;

/// <summary>The result of a comparison of shards and leases.</summary>
/// <param name="LeasesToCreate">The leases to create, oldest shards first.</param>
/// <param name="Inconsistent">
/// Children of shards that are listed as open: the list was read while the stream changed, and must be read again.
/// </param>
/// <param name="Hole">Hash keys that no listed shard covers: the list is incomplete, and must be read again.</param>
internal sealed record ShardSyncPlan(IReadOnlyList<Lease> LeasesToCreate, IReadOnlyList<ShardId> Inconsistent, HashKeyRange? Hole)
{
    /// <summary>
    /// Gets the leases that are needed now and have a row of an earlier stream. A new lease cannot replace the row, so the lease is
    /// restarted in place.
    /// </summary>
    public IReadOnlySet<LeaseKey> LeasesToRestart { get; init; } = new HashSet<LeaseKey>();

    /// <summary>Gets a value indicating whether the list was complete and consistent.</summary>
    public bool IsUsable => Inconsistent.Count == 0 && Hole is null;
}
