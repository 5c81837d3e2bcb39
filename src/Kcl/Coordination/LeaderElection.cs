using Kcl.Leasing;

namespace Kcl.Coordination;

/// <summary>Who does the fleet's chores: a pure function of who owns leases, the same on every worker and the same as in KCL 2.x (coordinator/DeterministicShuffleShardSyncLeaderDecider).</summary>
internal static class LeaderElection
{
    private const long Seed = 1947;

    /// <summary>Whether a worker leads. While nobody owns a lease, everybody does.</summary>
    public static bool IsLeader(WorkerId self, IEnumerable<Lease> leases)
    {
        var owners = leases.Select(l => l.Owner?.Value).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToArray();
        return owners.Length == 0 || owners[LeaderIndex(owners.Length)] == self.Value;
    }

    /// <summary>The place of the leader among the sorted owners.</summary>
    /// <param name="owners">How many workers own leases; at least 1.</param>
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

    /// <summary>The generator that Java documents for <c>java.util.Random</c>: peers in Java shuffle with it.</summary>
    private sealed class JavaRandom(long seed)
    {
        private const long Mask = (1L << 48) - 1;
        private long _state = (seed ^ 0x5DEECE66D) & Mask;

        public int Next(int bound)
        {
            var bits = Bits(31);
            var most = bound - 1;
            if ((bound & most) == 0)
            {
                return (int)((bound * (long)bits) >> 31);
            }

            int result;
            while (unchecked(bits - (result = bits % bound) + most) < 0)
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
