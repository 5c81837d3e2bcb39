namespace Kcl.Leasing;

/// <summary>Cancels calls of a store that take longer than a limit.</summary>
/// <param name="store">The store.</param>
/// <param name="limit">
/// The longest time that a call may take. It does not apply to the initialization, which may create a table, or to the inspection of the
/// fleet, on which no held lease depends.
/// </param>
/// <param name="time">The clock.</param>
internal sealed class TimeoutLeaseStore(ILeaseStore store, TimeSpan limit, TimeProvider time) : ILeaseStore
{
    public string? ApplicationName => store.ApplicationName;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => store.InitializeAsync(cancellationToken);

    public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => CallAsync("list", store.ListAsync, cancellationToken);

    public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) =>
        CallAsync("get", token => store.GetAsync(key, token), cancellationToken);

    public ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken) =>
        CallAsync("write", token => store.TryWriteAsync(key, write, token), cancellationToken);

    public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
        store.InspectFleetAsync(listed, cancellationToken);

    private async ValueTask<T> CallAsync<T>(
        string operation, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await call(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DependencyException($"The lease store did not respond to a call to {operation} within {limit}.", exception);
        }
    }
}
