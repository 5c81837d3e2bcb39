using Kcl.Tests.Shared;

namespace Kcl.Conformance.Tests.Leases.DynamoDb;

/// <summary>Tests that share one DynamoDB Local. Each uses its own tables.</summary>
[CollectionDefinition(nameof(DynamoDbLocalCollection))]
public class DynamoDbLocalCollection : ICollectionFixture<DynamoDbLocal>;
