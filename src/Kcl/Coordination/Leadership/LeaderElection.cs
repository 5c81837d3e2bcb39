using Kcl.Leasing;

namespace Kcl.Coordination.Leadership;

/// <summary>
/// Elects the worker that runs the maintenance for the fleet. The result is a pure function of the owners of leases; every worker, and KCL
/// 2.x, computes the same (<c>coordinator/DeterministicShuffleShardSyncLeaderDecider</c>).
/// </summary>
internal static class LeaderElection
{
    private const long Seed = 1947;

    /// <summary>Returns whether a worker leads. While no worker owns a lease, every worker is a leader.</summary>
    public static bool IsLeader(WorkerId self, IEnumerable<Lease> leases)
    {
        var owners = leases.Select(l => l.Owner?.Value).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToArray();
        return owners.Length == 0 || owners[LeaderIndex(owners.Length)] == self.Value;
    }

    /// <summary>Returns the index of the leader among the sorted owners.</summary>
    /// <param name="owners">The number of workers that own leases; at least 1.</param>
    public static int LeaderIndex(int owners)
    {
        var places = Enumerable.Range(0, owners).ToArray();
        var random = new JavaRandom(Seed);
        for (var i = owners; i > 1; i--)
        {
            var j = random.Next(i);
            (places[i - 1], places[j]) = (places[j], places[i - 1]);
        }

        return places[0];
    }

    /// <summary>The documented generator of <c>java.util.Random</c>, with which workers of the Java KCL shuffle.</summary>
    private sealed class JavaRandom(long seed)
    {
        private const long Mask = (1L << 48) - 1;
        private long _state = (seed ^ 0x5DEECE66D) & Mask;

        public int Next(int bound)
        {
            var bits = Bits(31);
            var max = bound - 1;
            if ((bound & max) == 0)
            {
                return (int)((bound * (long)bits) >> 31);
            }

            int result;
            while (unchecked(bits - (result = bits % bound) + max) < 0)
            {
                bits = Bits(31);
            }

            return result;
        }

        private int Bits(int count)
        {
            _state = unchecked((_state * 0x5DEECE66D) + 0xB) & Mask;
            return (int)(_state >> (48 - count));
        }
    }
}
