using Kcl.Tests.Shared;

namespace Kcl.Conformance.Tests.Leases.DynamoDb;

/// <summary>Tests that share one DynamoDB Local; each uses tables of its own.</summary>
[CollectionDefinition(nameof(DynamoDbLocalCollection))]
public class DynamoDbLocalCollection : ICollectionFixture<DynamoDbLocal>;
