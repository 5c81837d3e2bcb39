using Kcl.Leasing;

namespace Kcl.Simulation.Tests.Mistakes;

/// <summary>A store that neither writes nor reads private attributes.</summary>
internal sealed class ForgetfulStore(ILeaseStore store, Func<string, bool> forgets) : ILeaseStore
{
    public string? ApplicationName => store.ApplicationName;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => store.InitializeAsync(cancellationToken);

    public async ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) =>
        new([.. (await store.ListAsync(cancellationToken)).Select(Forget)]);

    public async ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) =>
        await store.GetAsync(key, cancellationToken) is { } lease ? Forget(lease) : null;

    public async ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken) =>
        Forget(await store.TryWriteAsync(key, Forget(write), cancellationToken));

    public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
        store.InspectFleetAsync(listed, cancellationToken);

    private Lease Forget(Lease lease) =>
        lease with { PrivateAttributes = lease.PrivateAttributes.Where(a => !forgets(a.Key)).ToDictionary() };

    private LeaseWrite Forget(LeaseWrite write) => new()
    {
        Condition = write.Condition with
        {
            PrivateAttributes = write.Condition.PrivateAttributes.Where(a => !forgets(a.Key)).ToDictionary(),
        },
        Change = write.Change switch
        {
            LeaseCreation creation => new LeaseCreation { Lease = Forget(creation.Lease) },
            LeaseUpdate update => update with { PrivateAttributes = update.PrivateAttributes?.Where(a => !forgets(a.Key)).ToDictionary() },
            var change => change,
        },
    };

    private LeaseWriteResult Forget(LeaseWriteResult write) => write with { Current = write.Current is { } lease ? Forget(lease) : null };
}
