namespace Kcl.Leasing;

/// <summary>Common writes of a lease store.</summary>
public static class LeaseStoreExtensions
{
    /// <summary>Creates a lease. The result is a <see cref="LeaseWriteStatus.Conflict"/> if there is a row with its key.</summary>
    /// <param name="store">The store.</param>
    /// <param name="lease">The new lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static ValueTask<LeaseWriteResult> TryCreateAsync(this ILeaseStore store, Lease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(lease);
        return store.TryWriteAsync(lease.Key, LeaseWrite.Create(lease), cancellationToken);
    }

    /// <summary>Deletes a lease.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The key of the lease.</param>
    /// <param name="expectedCounter">The counter that the row must have; null if the counter does not matter.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static ValueTask<LeaseWriteResult> TryDeleteAsync(
        this ILeaseStore store,
        LeaseKey key,
        long? expectedCounter,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.TryWriteAsync(key, LeaseWrite.Delete(expectedCounter), cancellationToken);
    }
}
