using Kcl.Leasing.Holding;

namespace Kcl.Leasing.Taking;

/// <summary>
/// Converts listings of the lease table into snapshots: which leases have expired, and what this worker may do with each.
/// </summary>
/// <param name="services">The services that the leases of a worker share.</param>
/// <param name="self">The worker.</param>
/// <param name="rules">Decides which leases it may take.</param>
/// <param name="history">What it knows about leases that it held or tried to take.</param>
internal sealed class LeaseTableObserver(LeasingServices services, WorkerId self, TakingRules rules, LeaseHistory history)
{
    private readonly LeaseExpiryTracker _expiry = new(services.Timing.FailoverTime);
    private readonly long _origin = services.Time.GetTimestamp();

    /// <summary>Gets the time since this object was created, by the monotonic clock.</summary>
    public TimeSpan Now => services.Time.GetElapsedTime(_origin);

    /// <summary>Creates a snapshot.</summary>
    /// <param name="leases">The latest listing.</param>
    /// <param name="held">The leases that this worker holds.</param>
    /// <param name="workers">The number of workers that owned leases in the previous round.</param>
    /// <param name="isFirstRound">Whether this is the first round since the process started.</param>
    public LeaseTableSnapshot Observe(
        LeaseListing leases,
        IReadOnlyDictionary<LeaseKey, HeldLease> held,
        int workers,
        bool isFirstRound)
    {
        var now = Now;
        var observed = _expiry.Observe(leases, now);
        var overdueAfter = LeaseTiming.OverdueAfter(workers);
        var candidates = new List<LeaseCandidate>(observed.Count);
        foreach (var seen in observed)
        {
            // Leases of finished shards need no owner. They are only deleted later.
            if (seen.Lease.Checkpoint.IsShardEnd)
            {
                continue;
            }

            if (held.ContainsKey(seen.Lease.Key))
            {
                candidates.Add(new(seen.Lease with { Owner = self }, LeaseCandidateState.Owned));
            }
            else if (rules.IsOfThisStream(seen.Lease))
            {
                candidates.Add(new(seen.Lease, Classify(seen, overdueAfter, now, isFirstRound)));
            }
        }

        return new()
        {
            Self = self,
            Leases = leases,
            Observed = observed,
            Candidates = candidates,
            Salt = (ulong)services.Chance.NextInt64(),
        };
    }

    /// <summary>Returns the time until the first lease expires that its owner does not renew.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <returns>The remaining time; null if all leases are renewed.</returns>
    public TimeSpan? GetNextExpiry(LeaseTableSnapshot snapshot)
    {
        TimeSpan? next = null;
        foreach (var (lease, unchanged, isExpired) in snapshot.Observed)
        {
            var isOfOther = lease.Owner is { } owner && owner != self;
            if (isOfOther && !isExpired && !lease.Checkpoint.IsShardEnd && unchanged > services.Timing.SilenceThreshold)
            {
                var left = services.Timing.FailoverTime - unchanged;
                next = next is { } earlier && earlier < left ? earlier : left;
            }
        }

        return next;
    }

    private LeaseCandidateState Classify(ObservedLease seen, TimeSpan overdueAfter, TimeSpan now, bool isFirstRound)
    {
        var (lease, unchanged, isExpired) = seen;
        if (lease.Owner == self && !isExpired)
        {
            // A process that restarts with the same id continues immediately. Later, another process may use the id, so only leases that
            // this process wrote last are free.
            return isFirstRound || history.IsOwnWrite(lease) ? LeaseCandidateState.Free : LeaseCandidateState.Avoided;
        }

        if (lease.Owner is not null && !isExpired)
        {
            return LeaseAnnotations.IsTiedToItsOwner(lease) ? LeaseCandidateState.Tied : LeaseCandidateState.Owned;
        }

        if (history.IsAvoided(lease.Key, now))
        {
            return LeaseCandidateState.Avoided;
        }

        var free = isExpired ? unchanged - services.Timing.FailoverTime : unchanged;
        return free > overdueAfter ? LeaseCandidateState.Overdue : LeaseCandidateState.Free;
    }
}
