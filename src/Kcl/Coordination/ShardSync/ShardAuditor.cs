using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>
/// Finds hash keys that no lease covers. The table may have changed while it was listed, so only a hole that three consecutive listings
/// show is reported.
/// </summary>
internal sealed class ShardAuditor
{
    private const int MinTimes = 3;

    /// <summary>Gets the number of consecutive listings that showed the current hole.</summary>
    public int Times { get; private set; }

    /// <summary>Gets the current hole; null if every hash key is covered.</summary>
    public HashKeyRange? Hole { get; private set; }

    /// <summary>Examines a listing of the table.</summary>
    /// <param name="leases">Every lease. If a shard is not listed, the range in its row is used.</param>
    /// <param name="rangeOf">Returns the range of a shard in the shard list.</param>
    /// <returns>True if at least three consecutive listings showed the same hole; otherwise, false.</returns>
    public bool Audit(IReadOnlyList<Lease> leases, Func<ShardId, HashKeyRange?> rangeOf)
    {
        // The shard list is preferred, because a row may belong to an earlier stream.
        var ranges = leases.Where(l => !l.Checkpoint.IsShardEnd).Select(l => rangeOf(l.ShardId) ?? l.HashKeyRange).OfType<HashKeyRange>();
        var hole = HashKeyRanges.FindFirstHole(ranges);
        Times = hole is null ? 0 : hole == Hole ? Times + 1 : 1;
        Hole = hole;
        return Times >= MinTimes;
    }
}
