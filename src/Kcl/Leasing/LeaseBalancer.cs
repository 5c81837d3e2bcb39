namespace Kcl.Leasing;

/// <summary>What one worker should try to take, decided from one reading of the table. Pure: no store, no clock, no randomness of its own.</summary>
/// <remarks>The counting is that of KCL 2.x, so that mixed fleets agree: a target of ceil(leases / workers), free leases first, otherwise steal from the worker that has most.</remarks>
internal static class LeaseBalancer
{
    /// <summary>Decides.</summary>
    /// <param name="candidates">Every lease that is still to be consumed, and what this worker may do with it.</param>
    /// <param name="self">The worker that decides.</param>
    /// <param name="limits">How much it may own and take.</param>
    /// <param name="salt">Which of several equal leases goes first; each worker brings its own, so that peers do not collide.</param>
    public static BalancePlan Plan(IReadOnlyList<LeaseCandidate> candidates, WorkerId self, BalanceLimits limits, ulong salt)
    {
        var counts = new Dictionary<WorkerId, int> { [self] = 0 };
        foreach (var candidate in candidates)
        {
            if (candidate is { State: LeaseCandidateState.Owned or LeaseCandidateState.Tied, Lease.Owner: { } owner })
            {
                counts[owner] = counts.GetValueOrDefault(owner) + 1;
            }
        }

        var mine = counts[self];
        var fair = (candidates.Count + counts.Count - 1) / counts.Count;
        var target = Math.Min(fair, limits.MaxLeases);
        var room = Math.Max(0, limits.MaxLeases - mine);
        var need = Math.Max(0, target - mine);

        var free = Pick(candidates.Where(c => c.State is LeaseCandidateState.Free or LeaseCandidateState.Overdue), salt);
        if (free.Count > 0)
        {
            // Nobody else came for the overdue ones: they are taken whatever the target says.
            var overdue = free.Count(c => c.State == LeaseCandidateState.Overdue);
            var wanted = Math.Min(room, Math.Max(need, overdue));
            var now = Math.Min(wanted, Math.Max(limits.FirstRound, mine));
            return new(
                [.. free.OrderBy(c => c.State == LeaseCandidateState.Overdue ? 0 : 1).Take(now).Select(c => c.Lease)],
                [],
                target,
                mine,
                counts.Count,
                Waiting: wanted - now,
                Spillover: Math.Max(0, overdue - room));
        }

        return new([], Steal(candidates, counts, self, target, need, limits, salt), target, mine, counts.Count, Waiting: 0, Spillover: 0);
    }

    private static List<Lease> Steal(IReadOnlyList<LeaseCandidate> candidates, Dictionary<WorkerId, int> counts, WorkerId self, int target, int need, BalanceLimits limits, ulong salt)
    {
        if (need == 0 || counts.Count < 2)
        {
            return [];
        }

        var (richest, his) = counts.Where(c => c.Key != self).OrderByDescending(c => c.Value).ThenBy(c => c.Key.Value, StringComparer.Ordinal).Select(c => (c.Key, c.Value)).First();

        // Take what he has too much of; or one, if two of us would then be closer: the fleet converges and stays still.
        var surplus = his - target;
        var take = surplus > 0 ? Math.Min(need, surplus) : surplus == 0 && need > 1 ? 1 : 0;
        return [.. Pick(candidates.Where(c => c.State == LeaseCandidateState.Owned && c.Lease.Owner == richest), salt).Take(Math.Min(take, limits.MaxSteal)).Select(c => c.Lease)];
    }

    private static List<LeaseCandidate> Pick(IEnumerable<LeaseCandidate> candidates, ulong salt) =>
        [.. candidates.OrderBy(c => Rank(c.Lease.Key, salt)).ThenBy(c => c.Lease.Key)];

    // FNV-1a, stirred: a permutation of the keys that differs from salt to salt and not from process to process.
    private static ulong Rank(LeaseKey key, ulong salt)
    {
        var hash = 14695981039346656037UL ^ salt;
        foreach (var character in key.Value)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDUL;
        return hash ^ (hash >> 33);
    }
}

/// <summary>A lease as the balancer sees it.</summary>
/// <param name="Lease">The row.</param>
/// <param name="State">What this worker may do with it.</param>
internal readonly record struct LeaseCandidate(Lease Lease, LeaseCandidateState State);

/// <summary>What a worker may do with a lease.</summary>
internal enum LeaseCandidateState
{
    /// <summary>A live worker has it, perhaps this one: it may be stolen for balance.</summary>
    Owned,

    /// <summary>A live worker has it, and nobody else could go on where it reads: it may not be stolen.</summary>
    Tied,

    /// <summary>Anybody may take it.</summary>
    Free,

    /// <summary>It is free, and has been for longer than peers need to come for it.</summary>
    Overdue,

    /// <summary>It is free, but this worker is to keep off it for a while: it gave up on it.</summary>
    Avoided,
}

/// <summary>How much a worker may own and take.</summary>
/// <param name="MaxLeases">The most it may own.</param>
/// <param name="MaxSteal">The most it may take from a live peer in one round.</param>
/// <param name="FirstRound">The most free leases it takes in a round while it has few: workers that start together then find something left. It doubles what it has in later rounds.</param>
internal sealed record BalanceLimits(int MaxLeases, int MaxSteal, int FirstRound = 8);

/// <summary>What to try.</summary>
/// <param name="Take">Free leases to take.</param>
/// <param name="Steal">Leases to take from the peer that has most.</param>
/// <param name="Target">How many leases this worker should have.</param>
/// <param name="Mine">How many it has.</param>
/// <param name="Workers">How many workers own leases, this one included.</param>
/// <param name="Waiting">Free leases it would take besides, in the next round.</param>
/// <param name="Spillover">Leases that nobody came for and for which this worker has no room.</param>
internal sealed record BalancePlan(IReadOnlyList<Lease> Take, IReadOnlyList<Lease> Steal, int Target, int Mine, int Workers, int Waiting, int Spillover);
