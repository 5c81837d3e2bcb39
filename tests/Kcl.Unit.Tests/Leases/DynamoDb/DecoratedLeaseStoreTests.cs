using Kcl.Coordination;
using Kcl.Leasing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Leases.DynamoDb;

public class DecoratedLeaseStoreTests
{
    [Fact]
    public async Task A_decorated_store_still_keeps_a_worker_from_a_table_whose_leases_a_KCL_3x_leader_assigns()
    {
        var token = TestContext.Current.CancellationToken;
        using var store = new ScriptedDynamoDb((_, number) => number == 1
            ? ScriptedDynamoDb.Error("ResourceNotFoundException")
            : ScriptedDynamoDb.Ok("""{"Item":{"leaseKey":{"S":"Migration3.0"},"cv":{"S":"CLIENT_VERSION_3X"}}}""")).Store();
        var context = new LeasingServices(
            new Decorator(store),
            new(TimeSpan.FromSeconds(10)),
            new FakeTimeProvider(),
            new Random(1),
            NullLogger.Instance);
        var gate = new LeaseTakingGate(new(context, NullLogger.Instance));
        Assert.False(await gate.MayTakeAsync([], token));
        Assert.False(gate.MayTake);
        Assert.Equal("app", context.Store.ApplicationName);
    }

    private sealed class Decorator(ILeaseStore store) : ILeaseStore
    {
        public string? ApplicationName => store.ApplicationName;

        public ValueTask InitializeAsync(CancellationToken cancellationToken) => store.InitializeAsync(cancellationToken);

        public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);

        public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) => store.GetAsync(key, cancellationToken);

        public ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken) =>
            store.TryWriteAsync(key, write, cancellationToken);

        public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
            store.InspectFleetAsync(listed, cancellationToken);
    }
}
