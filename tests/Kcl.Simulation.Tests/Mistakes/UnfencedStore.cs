using Kcl.Leasing;

namespace Kcl.Simulation.Tests.Mistakes;

/// <summary>A store that writes a checkpoint even if the counter of the row has changed.</summary>
internal sealed class UnfencedStore(ILeaseStore store) : ILeaseStore
{
    public string? ApplicationName => store.ApplicationName;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => store.InitializeAsync(cancellationToken);

    public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);

    public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) => store.GetAsync(key, cancellationToken);

    public async ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken)
    {
        var result = await store.TryWriteAsync(key, write, cancellationToken);
        if (result.Status == LeaseWriteStatus.Conflict
            && write.Change is LeaseUpdate { Checkpoint: not null, ReleasesLease: false } checkpoint
            && await store.GetAsync(key, cancellationToken) is { } row)
        {
            await store.TryWriteAsync(key, LeaseWrite.Update(row.Counter, checkpoint), cancellationToken);
        }

        return result;
    }

    public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
        store.InspectFleetAsync(listed, cancellationToken);
}
