namespace Kcl.Leasing.Taking;

/// <summary>Watches the counters of leases with this worker's own clock, so that the clocks of two hosts are never compared.</summary>
/// <param name="failoverTime">How long a counter must stay unchanged before the lease expires.</param>
internal sealed class LeaseExpiryTracker(TimeSpan failoverTime)
{
    private Dictionary<LeaseKey, Observation> _observations = [];

    /// <summary>Compares a listing with the previous ones.</summary>
    /// <param name="leases">Every lease.</param>
    /// <param name="now">The time of the listing's arrival, by this worker's clock, since a fixed time.</param>
    /// <returns>The leases, and how long each has been unchanged.</returns>
    public IReadOnlyList<ObservedLease> Observe(IReadOnlyList<Lease> leases, TimeSpan now)
    {
        // Leases that are no longer listed are removed.
        var observations = new Dictionary<LeaseKey, Observation>(leases.Count);
        var observed = new List<ObservedLease>(leases.Count);
        foreach (var lease in leases)
        {
            var isOwned = lease.Owner is not null;
            var isKnown = _observations.TryGetValue(lease.Key, out var before);
            var since = isKnown && before.Counter == lease.Counter && before.IsOwned == isOwned ? before.Since : now;
            observations[lease.Key] = new(lease.Counter, isOwned, since);
            observed.Add(new(lease, now - since, isOwned && now - since > failoverTime));
        }

        _observations = observations;
        return observed;
    }

    private readonly record struct Observation(long Counter, bool IsOwned, TimeSpan Since);
}
