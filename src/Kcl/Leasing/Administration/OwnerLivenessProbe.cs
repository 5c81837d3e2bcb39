namespace Kcl.Leasing.Administration;

/// <summary>Finds out which owners live: whoever renews moves the counter of its leases at least three times within the failover time.</summary>
internal sealed class OwnerLivenessProbe(ILeaseStore store, TimeSpan failoverTime, TimeProvider time)
{
    private const int Looks = 10;

    /// <summary>Watches some leases until each was seen to move, or for the failover time.</summary>
    /// <param name="leases">The leases, as read a moment ago.</param>
    /// <param name="cancellationToken">Abandons the watch.</param>
    /// <returns>What is known of their owners, and the table as it was last read.</returns>
    public async Task<(IReadOnlyDictionary<LeaseKey, OwnerLiveness> Liveness, LeaseListing? Latest)> WatchAsync(IReadOnlyCollection<Lease> leases, CancellationToken cancellationToken)
    {
        var liveness = leases.ToDictionary(static l => l.Key, static l => l.Owner is null ? OwnerLiveness.Unowned : OwnerLiveness.Silent);
        var first = leases.ToDictionary(static l => l.Key);
        LeaseListing? latest = null;
        for (var look = 0; look < Looks && liveness.ContainsValue(OwnerLiveness.Silent); look++)
        {
            await Task.Delay(failoverTime / Looks, time, cancellationToken).ConfigureAwait(false);
            latest = await store.ListAsync(cancellationToken).ConfigureAwait(false);
            foreach (var lease in latest)
            {
                if (first.TryGetValue(lease.Key, out var before))
                {
                    liveness[lease.Key] =
                        lease.Owner is null ? OwnerLiveness.Unowned
                        : lease.Counter != before.Counter ? OwnerLiveness.Live
                        : liveness[lease.Key];
                }
            }
        }

        return (liveness, latest);
    }
}
