namespace Kcl.Leasing;

/// <summary>Watches counters with one's own clock: the only way to tell a dead owner from a slow one that does not compare two hosts' clocks.</summary>
/// <param name="failoverTime">How long a counter must stand still before its owner counts as gone.</param>
internal sealed class LeaseExpiryTracker(TimeSpan failoverTime)
{
    private Dictionary<LeaseKey, (long Counter, bool Owned, TimeSpan Since)> _seen = [];

    /// <summary>Takes in one reading of the table.</summary>
    /// <param name="leases">Every lease.</param>
    /// <param name="now">One's own clock, from whatever origin, when the reading had arrived.</param>
    /// <returns>The leases with how long each has stood as it is.</returns>
    public IReadOnlyList<ObservedLease> Observe(IReadOnlyList<Lease> leases, TimeSpan now)
    {
        var seen = new Dictionary<LeaseKey, (long Counter, bool Owned, TimeSpan Since)>(leases.Count);
        var observed = new List<ObservedLease>(leases.Count);
        foreach (var lease in leases)
        {
            var owned = lease.Owner is not null;
            var since = _seen.TryGetValue(lease.Key, out var before) && before.Counter == lease.Counter && before.Owned == owned ? before.Since : now;
            seen[lease.Key] = (lease.Counter, owned, since);
            observed.Add(new(lease, now - since, owned && now - since > failoverTime));
        }

        _seen = seen; // rows that vanished are forgotten
        return observed;
    }
}

/// <summary>A lease and how long it was seen to stand as it is.</summary>
/// <param name="Lease">The row.</param>
/// <param name="Unchanged">For how long neither counter nor owner moved, as far as was seen.</param>
/// <param name="IsExpired">Whether it has an owner who did not renew in time.</param>
internal readonly record struct ObservedLease(Lease Lease, TimeSpan Unchanged, bool IsExpired);
