using Kcl.Leases.Sqlite;
using Kcl.Leasing;
using Kcl.Testing;

namespace Kcl.Conformance.Tests.Leases;

public sealed class LeaseStoreTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kcl-leases-").FullName;
    private readonly List<SqliteLeaseStore> _stores = [];

    public static TheoryData<string> Cases => [.. new InMemory().Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task In_memory_store(string name) => RunAsync(new InMemory(), name);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Sqlite_store(string name) => RunAsync(new InFile(this), name);

    [Fact]
    public async Task The_kit_finds_a_store_that_does_not_fence()
    {
        var failure =
            await Assert.ThrowsAsync<ConformanceException>(() => new Careless().RunAllAsync(TestContext.Current.CancellationToken));
        Assert.Contains("conflict", failure.Message, StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static Task RunAsync(LeaseStoreConformance kit, string name) =>
        kit.Cases.Single(c => c.Name == name).Run(TestContext.Current.CancellationToken);

    private sealed class InMemory : LeaseStoreConformance
    {
        protected override ValueTask<ILeaseStore> CreateEmptyAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult<ILeaseStore>(new InMemoryLeaseStore());
    }

    private sealed class InFile(LeaseStoreTests tests) : LeaseStoreConformance
    {
        protected override async ValueTask<ILeaseStore> CreateEmptyAsync(CancellationToken cancellationToken)
        {
            var store = new SqliteLeaseStore(Path.Combine(tests._folder, Guid.NewGuid().ToString("N"), "leases.db"), "app");
            tests._stores.Add(store);
            await store.InitializeAsync(cancellationToken);
            return store;
        }
    }

    private sealed class Careless : LeaseStoreConformance
    {
        protected override ValueTask<ILeaseStore> CreateEmptyAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult<ILeaseStore>(new Unfenced());
    }

    private sealed class Unfenced : ILeaseStore
    {
        private readonly InMemoryLeaseStore _store = new();

        public string? ApplicationName => _store.ApplicationName;

        public ValueTask InitializeAsync(CancellationToken cancellationToken) => _store.InitializeAsync(cancellationToken);

        public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => _store.ListAsync(cancellationToken);

        public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) => _store.GetAsync(key, cancellationToken);

        public async ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken) =>
            await _store.TryWriteAsync(
            key,
            write.Condition.Counter is null
                ? write
                : write with { Condition = write.Condition with { Counter = (await _store.GetAsync(key, cancellationToken))?.Counter
                    ?? 0 } },
            cancellationToken);

        public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
            _store.InspectFleetAsync(listed, cancellationToken);
    }
}
