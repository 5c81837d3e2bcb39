namespace Kcl.Leasing.Taking;

/// <summary>Balances the number of leases per worker. Pure functions.</summary>
/// <remarks>
/// Leases are counted as in KCL 2.x, so that mixed fleets agree: the target is ceil(leases / workers). Free leases are taken first; if
/// there are none, leases are stolen from the worker that owns the most.
/// </remarks>
internal static class LeaseBalancer
{
    /// <summary>Plans one round.</summary>
    /// <param name="candidates">Every lease that must still be consumed, and what this worker may do with it.</param>
    /// <param name="self">The worker that decides.</param>
    /// <param name="limits">How many leases it may own and take.</param>
    /// <param name="salt">
    /// Determines the order of equivalent leases. It differs between workers, so that they do not try to take the same leases.
    /// </param>
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
            : plan with { LeasesToSteal = Steal(plan, candidates, counts, self, need, limits.MaxSteal, salt) };
    }

    private static LeaseAssignmentPlan TakeFree(LeaseAssignmentPlan plan, List<LeaseCandidate> free, int need, BalanceLimits limits)
    {
        // No other worker took the overdue leases, so they are taken even above the target.
        var overdue = free.Count(c => c.State == LeaseCandidateState.Overdue);
        var room = Math.Max(0, limits.MaxLeases - plan.Mine);
        var count = Math.Min(room, Math.Max(need, overdue));
        var now = Math.Min(count, Math.Max(limits.FirstRound, plan.Mine));
        return plan with
        {
            LeasesToTake = [.. free.OrderBy(c => c.State == LeaseCandidateState.Overdue ? 0 : 1).Take(now).Select(c => c.Lease)],
            Waiting = count - now,
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

        var (largest, owned) = counts
            .Where(c => c.Key != self)
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key.Value, StringComparer.Ordinal)
            .First();

        // The surplus is taken, or one lease if this brings the two workers closer. The fleet converges, and no lease moves afterwards.
        var surplus = owned - plan.Target;
        var count = surplus > 0 ? Math.Min(need, surplus) : surplus == 0 && need > 1 ? 1 : 0;
        var stealable = candidates.Where(c => c.State == LeaseCandidateState.Owned && c.Lease.Owner == largest);
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
