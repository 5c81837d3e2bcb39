using Kcl.Leases.DynamoDb;
using Kcl.Leasing;
using Kcl.Testing;
using Kcl.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Conformance.Tests.Leases.DynamoDb;

/// <summary>Runs the conformance kit of lease stores over HTTP against Amazon's DynamoDB Local.</summary>
[Collection(nameof(DynamoDbLocalCollection))]
public sealed class DynamoDbLeaseStoreTests(DynamoDbLocal dynamoDb)
{
    public static TheoryData<string> Cases => [.. new OnTable(null).Cases.Select(static c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_store_conforms(string name)
    {
        using var kit = new OnTable(dynamoDb.Endpoint);
        await kit.Cases.Single(c => c.Name == name).Run(TestContext.Current.CancellationToken);
    }

    private sealed class OnTable(Uri? endpoint) : LeaseStoreConformance, IDisposable
    {
        private readonly List<DynamoDbLeaseStore> _stores = [];

        public void Dispose() => _stores.ForEach(static s => s.Dispose());

        protected override async ValueTask<ILeaseStore> CreateEmptyAsync(CancellationToken cancellationToken)
        {
            // While the machine runs a build, a call can take seconds. Deadlines have their own tests.
            var store = new DynamoDbLeaseStore(
                new() { ApplicationName = $"kit-{Guid.NewGuid():N}", Endpoint = endpoint, RequestTimeout = TimeSpan.FromSeconds(30) },
                NullLoggerFactory.Instance);
            _stores.Add(store);
            await store.InitializeAsync(cancellationToken);
            return store;
        }
    }
}
