namespace Kcl.Leasing.Taking;

/// <summary>Balances the number of leases per worker. Pure.</summary>
/// <remarks>
/// The counting is that of KCL 2.x, so that mixed fleets agree: the target is ceil(leases / workers). Free leases are taken first; if there
/// are none, leases are stolen from the worker that owns most.
/// </remarks>
internal static class LeaseBalancer
{
    /// <summary>Plans one round.</summary>
    /// <param name="candidates">Every lease that must still be consumed, and what this worker may do with it.</param>
    /// <param name="self">The worker that decides.</param>
    /// <param name="limits">How many leases it may own and take.</param>
    /// <param name="salt">Orders leases of equal rank. Each worker has its own, so that peers do not collide.</param>
    public static LeaseAssignmentPlan Plan(IReadOnlyList<LeaseCandidate> candidates, WorkerId self, BalanceLimits limits, ulong salt)
    {
        var counts = new Dictionary<WorkerId, int> { [self] = 0 };
        foreach (var candidate in candidates)
        {
            if (candidate is { State: LeaseCandidateState.Owned or LeaseCandidateState.Tied, Lease.Owner: { } owner })
            {
                counts[owner] = counts.GetValueOrDefault(owner) + 1;
            }
        }

        var fair = (candidates.Count + counts.Count - 1) / counts.Count;
        var plan = new LeaseAssignmentPlan
        {
            Target = Math.Min(fair, limits.MaxLeases),
            Mine = counts[self],
            Workers = counts.Count,
            MaxLeases = limits.MaxLeases,
        };
        var need = Math.Max(0, plan.Target - plan.Mine);
        var free = Shuffle(candidates.Where(c => c.State is LeaseCandidateState.Free or LeaseCandidateState.Overdue), salt);
        return free.Count > 0
            ? TakeFree(plan, free, need, limits)
            : plan with { Steal = Steal(plan, candidates, counts, self, need, limits.MaxSteal, salt) };
    }

    private static LeaseAssignmentPlan TakeFree(LeaseAssignmentPlan plan, List<LeaseCandidate> free, int need, BalanceLimits limits)
    {
        // No peer took the overdue leases: they are taken even above the target.
        var overdue = free.Count(c => c.State == LeaseCandidateState.Overdue);
        var room = Math.Max(0, limits.MaxLeases - plan.Mine);
        var wanted = Math.Min(room, Math.Max(need, overdue));
        var now = Math.Min(wanted, Math.Max(limits.FirstRound, plan.Mine));
        return plan with
        {
            Take = [.. free.OrderBy(c => c.State == LeaseCandidateState.Overdue ? 0 : 1).Take(now).Select(c => c.Lease)],
            Waiting = wanted - now,
            Spillover = Math.Max(0, overdue - room),
        };
    }

    private static List<Lease> Steal(
        LeaseAssignmentPlan plan,
        IReadOnlyList<LeaseCandidate> candidates,
        Dictionary<WorkerId, int> counts,
        WorkerId self,
        int need,
        int maxSteal,
        ulong salt)
    {
        if (need == 0 || counts.Count < 2)
        {
            return [];
        }

        var (richest, owned) = counts
            .Where(c => c.Key != self)
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key.Value, StringComparer.Ordinal)
            .First();

        // Take its surplus; or one lease, if the two workers are then closer. So the fleet converges and then stays as it is.
        var surplus = owned - plan.Target;
        var count = surplus > 0 ? Math.Min(need, surplus) : surplus == 0 && need > 1 ? 1 : 0;
        var stealable = candidates.Where(c => c.State == LeaseCandidateState.Owned && c.Lease.Owner == richest);
        return [.. Shuffle(stealable, salt).Take(Math.Min(count, maxSteal)).Select(c => c.Lease)];
    }

    private static List<LeaseCandidate> Shuffle(IEnumerable<LeaseCandidate> candidates, ulong salt) =>
        [.. candidates.OrderBy(c => Rank(c.Lease.Key, salt)).ThenBy(c => c.Lease.Key)];

    // FNV-1a with a finalizer: a deterministic order that differs per salt (string.GetHashCode is randomized per process).
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
