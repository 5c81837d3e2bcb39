using Kcl.Leasing;
using Kcl.Testing;

namespace Kcl.Simulation;

/// <summary>The lease table as one machine sees it. The invariants are checked when a write takes effect.</summary>
internal sealed class SimulatedLeaseStore(
    InMemoryLeaseStore table,
    Wire wire,
    Wire patientWire,
    Invariants invariants,
    SimulatedWorker worker) : ILeaseStore
{
    public string? ApplicationName => table.ApplicationName;

    public async ValueTask InitializeAsync(CancellationToken cancellationToken) =>
        await CallAsync(patientWire, "Initialize", () => 0, cancellationToken).ConfigureAwait(false);

    public async ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) =>
        await CallAsync("List", () => new LeaseListing(table.Leases), cancellationToken).ConfigureAwait(false);

    public async ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) =>
        await CallAsync("Get", () => table.Find(key), cancellationToken).ConfigureAwait(false);

    public async ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken)
    {
        var sentAt = invariants.Now;
        var what = write.Change switch { LeaseCreation => "Create", LeaseUpdate => "Update", _ => "Delete" };
        var result = await CallAsync(what, () => Write(key, write), cancellationToken).ConfigureAwait(false);
        if (result.Succeeded && write.Change is LeaseUpdate)
        {
            invariants.Heard(worker, key, sentAt);
        }

        return result;
    }

    public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
        table.InspectFleetAsync(listed, cancellationToken);

    private LeaseWriteResult Write(LeaseKey key, LeaseWrite write)
    {
        if (write.Change is LeaseDeletion)
        {
            invariants.Deleting(worker, key);
        }

        var before = table.Find(key);
        var result = table.Write(key, write);
        switch (write.Change)
        {
            case LeaseCreation creation when result.Succeeded:
                invariants.Created(worker, creation.Lease);
                break;
            case LeaseUpdate update when result.Succeeded:
                invariants.Written(worker, before!, result.Current!, update);
                break;
        }

        return result;
    }

    private Task<T> CallAsync<T>(string what, Func<T> effect, CancellationToken cancellationToken) =>
        CallAsync(wire, what, effect, cancellationToken);

    private static Task<T> CallAsync<T>(
        Wire over,
        string what,
        Func<T> effect,
        CancellationToken cancellationToken) => over.CallAsync(what, effect, kind => kind == CallResult.Throttle
        ? new ThrottlingException($"simulated: {what} throttled")
        : new DependencyException($"simulated: {what} failed"), cancellationToken);
}
