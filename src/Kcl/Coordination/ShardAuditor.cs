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
    /// <param name="leases">Every lease; the range of a shard that is not listed is the row's.</param>
    /// <param name="rangeOf">What the shard list says of a shard.</param>
    /// <returns>Whether there is a hole: the same for the third time.</returns>
    public bool Audit(IReadOnlyList<Lease> leases, Func<ShardId, HashKeyRange?> rangeOf)
    {
        // The list knows better than a row that may be of an earlier stream.
        var ranges = leases.Where(l => !l.Checkpoint.IsShardEnd).Select(l => rangeOf(l.ShardId) ?? l.HashKeyRange).OfType<HashKeyRange>();
        var hole = HashKeyRanges.FirstHole(ranges);
        Times = hole is null ? 0 : hole == _hole ? Times + 1 : 1;
        _hole = hole;
        return Times >= Confidence;
    }
}
