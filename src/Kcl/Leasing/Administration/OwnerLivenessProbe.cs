namespace Kcl.Leasing.Administration;

/// <summary>
/// Determines which owners are live. An owner that renews a lease increments its counter at least twice per failover time.
/// </summary>
/// <param name="store">The leases.</param>
/// <param name="failoverTime">The fleet's failover time.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnerLivenessProbe(ILeaseStore store, TimeSpan failoverTime, TimeProvider time)
{
    private const int MaxReads = 10;

    /// <summary>Watches leases until each counter has changed, or for the failover time.</summary>
    /// <param name="leases">The leases, as listed immediately before.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What is known about the owners, and the last listing of the table; null if no listing was needed.</returns>
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
