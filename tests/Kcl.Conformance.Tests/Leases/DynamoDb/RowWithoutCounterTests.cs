using Amazon.DynamoDBv2;
using Kcl.Leases.DynamoDb;
using Kcl.Leasing;
using Kcl.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Conformance.Tests.Leases.DynamoDb;

/// <summary>Tests that a row without a counter, which only DynamoDB can hold, admits exactly what <see cref="LeaseRow"/> admits.</summary>
[Collection(nameof(DynamoDbLocalCollection))]
public sealed class RowWithoutCounterTests(DynamoDbLocal dynamoDb) : IAsyncLifetime
{
    private static readonly LeaseKey Key = new("shardId-000000000000");
    private readonly string _table = $"t-{Guid.NewGuid():N}";
    private AmazonDynamoDBClient? _raw;
    private DynamoDbLeaseStore? _store;

    public static TheoryData<string> Writes => [.. AllWrites.Keys];

    private static Dictionary<string, LeaseWrite> AllWrites => new(StringComparer.Ordinal)
    {
        ["take"] = LeaseWrite.Update(-1, new() { Owner = new(new WorkerId("w")) }),
        ["checkpoint"] = LeaseWrite.Update(-1, new() { Checkpoint = new ExtendedSequenceNumber(SequenceNumber.Parse("7")) }),
        ["update of counter 0"] = LeaseWrite.Update(0, new() { Owner = new(new WorkerId("w")) }),
        ["description"] = LeaseWrite.Describe(new() { HashKeyRange = new(1, 2) }),
        ["note"] = LeaseWrite.Describe(new() { PrivateAttributes = new Dictionary<string, string?> { ["kclStream"] = "x" } }),
        ["deletion"] = LeaseWrite.Delete(null),
        ["deletion of counter -1"] = LeaseWrite.Delete(-1),
        ["deletion of counter 0"] = LeaseWrite.Delete(0),
    };

    public async ValueTask InitializeAsync()
    {
        _store = new(
            new() { ApplicationName = _table, Endpoint = dynamoDb.Endpoint, RequestTimeout = TimeSpan.FromSeconds(30) },
            NullLoggerFactory.Instance);
        _raw = dynamoDb.CreateClient();
        await _store.InitializeAsync(TestContext.Current.CancellationToken);
        await _raw.PutItemAsync(
            _table,
            new() { ["leaseKey"] = new() { S = Key.Value }, ["checkpoint"] = new() { S = "TRIM_HORIZON" } },
            TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _store?.Dispose();
        _raw?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task The_row_admits_what_a_lease_with_counter_minus_1_admits(string name)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var write = AllWrites[name];
        var before = await _store!.GetAsync(Key, cancellation);
        Assert.Equal(-1, before!.Counter);
        var isAdmitted = LeaseRow.Admits(write.Condition, before);
        var result = await _store.TryWriteAsync(Key, write, cancellation);
        Assert.Equal(isAdmitted ? LeaseWriteStatus.Written : LeaseWriteStatus.Conflict, result.Status);
        var after = await _store.GetAsync(Key, cancellation);
        Assert.Equal(Describe(isAdmitted ? LeaseRow.Apply(write.Change, before) : before), Describe(after));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_can_be_deleted()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await _raw!.PutItemAsync(
            _table,
            new() { ["leaseKey"] = new() { S = Key.Value }, ["checkpoint"] = new() { S = "gibberish" } },
            cancellation);
        await Assert.ThrowsAsync<InvalidStateException>(async () => await _store!.GetAsync(Key, cancellation));
        Assert.Equal(LeaseWriteStatus.Written, (await _store!.TryDeleteAsync(Key, expectedCounter: null, cancellation)).Status);
        Assert.Null(await _store!.GetAsync(Key, cancellation));
    }

    private static string Describe(Lease? lease) => lease is null
        ? "none"
        : $"{lease.Owner} {lease.Counter} {lease.Checkpoint} {lease.HashKeyRange} {string.Join(',', lease.PrivateAttributes)}";
}
