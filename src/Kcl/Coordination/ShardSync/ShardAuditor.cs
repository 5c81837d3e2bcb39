using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>
/// Finds hash keys that no lease covers. One reading may have been made while the table changed; a hole that is found three times is real.
/// </summary>
internal sealed class ShardAuditor
{
    private const int Confidence = 3;

    /// <summary>Gets how often the present hole was found in a row.</summary>
    public int Times { get; private set; }

    /// <summary>Gets the present hole; <see langword="null"/> if every hash key is covered.</summary>
    public HashKeyRange? Hole { get; private set; }

    /// <summary>Examines a reading of the table.</summary>
    /// <param name="leases">Every lease. If a shard is not listed, the range in its row is used.</param>
    /// <param name="rangeOf">Returns the range of a shard in the shard list.</param>
    /// <returns>Whether the same hole was found for at least the third time.</returns>
    public bool Audit(IReadOnlyList<Lease> leases, Func<ShardId, HashKeyRange?> rangeOf)
    {
        // The list is preferred: a row may be of an earlier stream.
        var ranges = leases.Where(l => !l.Checkpoint.IsShardEnd).Select(l => rangeOf(l.ShardId) ?? l.HashKeyRange).OfType<HashKeyRange>();
        var hole = HashKeyRanges.FirstHole(ranges);
        Times = hole is null ? 0 : hole == Hole ? Times + 1 : 1;
        Hole = hole;
        return Times >= Confidence;
    }
}
