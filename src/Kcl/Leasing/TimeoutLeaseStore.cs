namespace Kcl.Leasing;

/// <summary>A store none of whose calls lasts longer than leasing can wait for it, whatever the store itself promises.</summary>
/// <param name="store">The store.</param>
/// <param name="limit">The longest a call may last; the preparation of the store excepted, which may have to create a table.</param>
/// <param name="time">The clock.</param>
internal sealed class TimeoutLeaseStore(ILeaseStore store, TimeSpan limit, TimeProvider time) : ILeaseStore
{
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => store.InitializeAsync(cancellationToken);

    public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => CallAsync("list", store.ListAsync, cancellationToken);

    public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) => CallAsync("get", token => store.GetAsync(key, token), cancellationToken);

    public ValueTask<LeaseWrite> TryCreateAsync(Lease lease, CancellationToken cancellationToken) => CallAsync("create", token => store.TryCreateAsync(lease, token), cancellationToken);

    public ValueTask<LeaseWrite> TryUpdateAsync(LeaseKey key, LeaseUpdate update, CancellationToken cancellationToken) => CallAsync("update", token => store.TryUpdateAsync(key, update, token), cancellationToken);

    public ValueTask<LeaseWrite> TryDeleteAsync(LeaseKey key, long? expectedCounter, CancellationToken cancellationToken) => CallAsync("delete", token => store.TryDeleteAsync(key, expectedCounter, token), cancellationToken);

    private async ValueTask<T> CallAsync<T>(string what, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await call(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DependencyException($"The lease store did not answer a call to {what} within {limit}.", exception);
        }
    }
}
