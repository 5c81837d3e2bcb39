using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>Looks for hash keys that no lease covers. One sighting may be a table read while it changed; the same hole three times is a hole.</summary>
internal sealed class ShardAuditor
{
    private const int Confidence = 3;
    private HashKeyRange? _hole;

    /// <summary>How often the present hole was seen in a row.</summary>
    public int Times { get; private set; }

    /// <summary>The present hole.</summary>
    public HashKeyRange? Hole => _hole;

    /// <summary>Takes in one reading of the table.</summary>
    /// <param name="leases">Every lease; where a row lacks its range, that of the shard list is used.</param>
    /// <param name="rangeOf">What the shard list says of a shard.</param>
    /// <returns>Whether there is a hole to mend: no unfinished lease at all, or the same hole for the third time.</returns>
    public bool Audit(IReadOnlyList<Lease> leases, Func<ShardId, HashKeyRange?> rangeOf)
    {
        var unfinished = leases.Where(l => !l.Checkpoint.IsShardEnd).ToList();
        if (unfinished.Count == 0)
        {
            return true;
        }

        var ranges = unfinished.Select(l => l.HashKeyRange ?? rangeOf(l.ShardId)).OfType<HashKeyRange>();
        var hole = HashKeyRanges.FirstHole(ranges);
        Times = hole is null ? 0 : hole == _hole ? Times + 1 : 1;
        _hole = hole;
        return Times >= Confidence;
    }
}
