using Kcl.Leasing;

namespace Kcl.Testing.Simulation;

/// <summary>One machine's sight of the lease table; every write is shown to the invariants at the instant it takes effect.</summary>
internal sealed class SimulatedLeaseStore(InMemoryLeaseStore table, Wire wire, Wire patientWire, Invariants invariants, SimulatedWorker worker) : ILeaseStore
{
    public async ValueTask InitializeAsync(CancellationToken cancellationToken) => await CallAsync(patientWire, "Initialize", () => 0, cancellationToken).ConfigureAwait(false);

    public async ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => await CallAsync("List", () => new LeaseListing(table.Leases), cancellationToken).ConfigureAwait(false);

    public async ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) => await CallAsync("Get", () => table.Find(key), cancellationToken).ConfigureAwait(false);

    public async ValueTask<LeaseWrite> TryCreateAsync(Lease lease, CancellationToken cancellationToken) => await CallAsync("Create", () =>
    {
        var result = table.Create(lease);
        if (result.Succeeded)
        {
            invariants.Created(worker, lease);
        }

        return result;
    }, cancellationToken).ConfigureAwait(false);

    public async ValueTask<LeaseWrite> TryUpdateAsync(LeaseKey key, LeaseUpdate update, CancellationToken cancellationToken)
    {
        var sentAt = invariants.Now;
        var write = await CallAsync("Update", () =>
        {
            var before = table.Find(key);
            var result = table.Update(key, update);
            if (result.Succeeded)
            {
                invariants.Written(worker, before!, result.Current!, update);
            }

            return result;
        }, cancellationToken).ConfigureAwait(false);
        if (write.Succeeded)
        {
            invariants.Heard(worker, key, sentAt);
        }

        return write;
    }

    public async ValueTask<LeaseWrite> TryDeleteAsync(LeaseKey key, long? expectedCounter, CancellationToken cancellationToken) =>
        await CallAsync("Delete", () =>
        {
            invariants.Deleting(worker, key);
            return table.Delete(key, expectedCounter);
        }, cancellationToken).ConfigureAwait(false);

    private Task<T> CallAsync<T>(string what, Func<T> effect, CancellationToken cancellationToken) => CallAsync(wire, what, effect, cancellationToken);

    private static Task<T> CallAsync<T>(Wire over, string what, Func<T> effect, CancellationToken cancellationToken) => over.CallAsync(what, effect, kind => kind == FateKind.Throttle
        ? new ThrottlingException($"simulated: {what} throttled")
        : new DependencyException($"simulated: {what} failed"), cancellationToken);
}
