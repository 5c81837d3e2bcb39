namespace Kcl.Leasing.Administration;

/// <summary>
/// Finds out which owners are alive: an owner that renews advances the counter of its leases at least three times per failover time.
/// </summary>
/// <param name="store">The leases.</param>
/// <param name="failoverTime">The fleet's failover time.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnerLivenessProbe(ILeaseStore store, TimeSpan failoverTime, TimeProvider time)
{
    private const int MaxReads = 10;

    /// <summary>Watches leases until each counter has moved, or for the failover time.</summary>
    /// <param name="leases">The leases, as read a moment ago.</param>
    /// <param name="cancellationToken">Abandons the watch.</param>
    /// <returns>What is known of the owners, and the table as it was last read.</returns>
    public async Task<(IReadOnlyDictionary<LeaseKey, OwnerLiveness> Liveness, LeaseListing? Latest)> WatchAsync(
        IReadOnlyCollection<Lease> leases, CancellationToken cancellationToken)
    {
        var liveness = leases.ToDictionary(static l => l.Key, static l => l.Owner is null ? OwnerLiveness.Unowned : OwnerLiveness.Silent);
        var first = leases.ToDictionary(static l => l.Key);
        LeaseListing? latest = null;
        for (var read = 0; read < MaxReads && liveness.ContainsValue(OwnerLiveness.Silent); read++)
        {
            await Task.Delay(failoverTime / MaxReads, time, cancellationToken).ConfigureAwait(false);
            latest = await store.ListAsync(cancellationToken).ConfigureAwait(false);
            foreach (var lease in latest)
            {
                if (first.TryGetValue(lease.Key, out var before))
                {
                    liveness[lease.Key] = lease.Owner is null ? OwnerLiveness.Unowned
                        : lease.Counter != before.Counter ? OwnerLiveness.Live
                        : liveness[lease.Key];
                }
            }
        }

        return (liveness, latest);
    }
}
