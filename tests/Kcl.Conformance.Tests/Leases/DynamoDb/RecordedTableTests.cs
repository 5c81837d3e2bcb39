using Amazon.DynamoDBv2.Model;
using Kcl.Leases.DynamoDb;
using Kcl.Leasing;
using Kcl.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace Kcl.Conformance.Tests.Leases.DynamoDb;

/// <summary>
/// Tests on Amazon's DynamoDB Local that rows of Java fleets are read and written back unchanged, and compares our rows with those of KCL
/// 2.6.1.
/// </summary>
[Collection(nameof(DynamoDbLocalCollection))]
public sealed class RecordedTableTests(DynamoDbLocal dynamoDb) : IAsyncLifetime
{
    private readonly string _table = $"t-{Guid.NewGuid():N}";
    private DynamoDbLeaseStore? _store;
    private Amazon.DynamoDBv2.AmazonDynamoDBClient? _raw;

    public static TheoryData<string> Versions => [.. RecordedRows.Versions];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DynamoDbLeaseStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        _store = new(
            new() { ApplicationName = _table, Endpoint = dynamoDb.Endpoint, RequestTimeout = TimeSpan.FromSeconds(30) },
            NullLoggerFactory.Instance);
        _raw = dynamoDb.CreateClient();
        await _store.InitializeAsync(Token);
    }

    public ValueTask DisposeAsync()
    {
        _store?.Dispose();
        _raw?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Tests scenarios 2, 3 and 5 of the reference with every recorded row.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Every_recorded_row_is_read_and_written_back_without_losing_an_attribute(string version)
    {
        foreach (var recorded in RecordedRows.Of(version))
        {
            var row = new Item(recorded.Row);
            if (row.Remove("key", out var key) || row.Remove("wid", out key))
            {
                row["leaseKey"] = key;
            }

            var (id, isLease) = (new LeaseKey(row["leaseKey"].S), row.ContainsKey("leaseCounter"));
            row["attributeOfTheFuture"] = new() { M = new() { ["a"] = new() { L = [new() { S = "kept" }] } } };
            await _raw!.PutItemAsync(_table, row, Token);

            var lease = await Store.GetAsync(id, Token);
            Assert.Equal(isLease, lease is not null);
            Assert.Equal(isLease ? [id] : [], (await Store.ListAsync(Token)).Select(static l => l.Key));
            if (lease is not null)
            {
                await WritesKeepWhatTheyDoNotName(lease, row);
            }
            else
            {
                // No operation changes a row of another kind.
                Assert.Equal(
                    LeaseWriteStatus.Missing,
                    (await Store.TryWriteAsync(id, LeaseWrite.Update(0, new() { Owner = new(new WorkerId("w")) }), Token)).Status);
                Assert.Equal(LeaseWriteStatus.Missing, (await Store.TryDeleteAsync(id, null, Token)).Status);
                Assert.Equal(RecordedRows.Text(row), RecordedRows.Text(await RowAsync(id)));
            }

            await _raw.DeleteItemAsync(_table, new() { ["leaseKey"] = row["leaseKey"] }, Token);
        }
    }

    [Fact]
    public async Task Each_stage_of_our_leases_life_leaves_the_row_that_java_2_6_1_leaves()
    {
        var java = RecordedRows.Of("2.6.1");
        var shard0 = new LeaseKey("shardId-000000000000");

        // Created, as on an empty table at the first startup.
        var created = Recorded(static r => !r.Row.ContainsKey("leaseOwner") && !r.Row.ContainsKey("parentShardId"));
        var lease = Written(await Store.TryCreateAsync(Read(created), Token));
        await Same(created, lease.Key);

        // Owned: counter 1 and the owner, and nothing else.
        lease = await Update(lease.Key, LeaseWrite.Update(0, new() { Owner = new(new WorkerId("worker-a")) }));
        Assert.Equal(
            Shape(Recorded(static r => Counter(r) == 1 && r.Row.ContainsKey("leaseOwner") && !r.Row.ContainsKey("parentShardId"))),
            Shape(await RowAsync(lease.Key)));

        // Renewed.
        lease = await Update(lease.Key, LeaseWrite.Update(1, new()));
        Assert.Equal(2, lease.Counter);
        Assert.Equal(
            Shape(Recorded(static r => Counter(r) == 1 && r.Row.ContainsKey("leaseOwner") && !r.Row.ContainsKey("parentShardId"))),
            Shape(await RowAsync(lease.Key)));

        // Checkpointed: all values are those of the recorded row.
        var checkpointed = Recorded(static r => r.Row["checkpoint"].S.Length > 30
            && Sub(r) == "0"
            && !r.Row.ContainsKey("parentShardId")
            && !r.Row.ContainsKey("pendingCheckpoint"));
        await FromTo(checkpointed with { Row = Without(checkpointed.Row, "checkpoint", "TRIM_HORIZON") }, checkpointed);

        // A sub-sequence number within an aggregate.
        var sub = Recorded(static r => Sub(r) != "0");
        await FromTo(sub with { Row = Without(sub.Row, "checkpoint", "TRIM_HORIZON") }, sub);

        // Prepared with state, then completed, which removes all three attributes.
        var prepared = Recorded(static r => r.Row.ContainsKey("pendingCheckpointState"));
        await FromTo(
            prepared with { Row = Without(
                Without(Without(prepared.Row, "pendingCheckpoint"), "pendingCheckpointSubSequenceNumber"),
                "pendingCheckpointState") },
            prepared);
        var pending = Read(prepared);
        lease = await Update(
            pending.Key,
            LeaseWrite.Update(
                pending.Counter,
                new() { Checkpoint = pending.PendingCheckpoint, PendingCheckpoint = new(null), OwnerSwitchesSinceCheckpoint = 0 }));
        Assert.Equal(Shape(checkpointed), Shape(await RowAsync(lease.Key)));

        // First the child shards are stored, as by Java, then the end of the shard.
        var ended = Recorded(r => r.Row["checkpoint"].S == "SHARD_END" && r.Row["leaseKey"].S == shard0.Value);
        var beforeChildren = Without(
            Without(ended.Row, "childShardIds"),
            "checkpoint",
            "49680505754385044154912566455575331184382025875031326722");
        beforeChildren["leaseCounter"] = new() { N = (Counter(ended) - 1).ToString(System.Globalization.CultureInfo.InvariantCulture) };
        await _raw!.PutItemAsync(_table, beforeChildren, Token);
        Written(await Store.TryWriteAsync(shard0, LeaseWrite.Describe(new() { ChildShardIds = Read(ended).ChildShardIds }), Token));
        Assert.Equal(Counter(ended) - 1, (await Store.GetAsync(shard0, Token))!.Counter);
        await Update(
            shard0,
            LeaseWrite.Update(
                Counter(ended) - 1,
                new() { Checkpoint = ExtendedSequenceNumber.ShardEnd, PendingCheckpoint = new(null), OwnerSwitchesSinceCheckpoint = 0 }));
        await Same(ended, shard0);

        // A child with one parent and a child with two, as Java's shard sync creates them.
        foreach (var parents in (int[])[1, 2])
        {
            var child = Recorded(r => r.Row.TryGetValue("parentShardId", out var p)
                && p.SS.Count == parents
                && (parents == 2 || !r.Row.ContainsKey("leaseOwner")));
            await _raw.DeleteItemAsync(_table, new() { ["leaseKey"] = child.Row["leaseKey"] }, Token);
            Written(await Store.TryCreateAsync(Read(child), Token));
            await Same(child, Read(child).Key);
        }

        // Released. Java 2.x never releases a lease. It finds the row of a lease that no worker has taken yet.
        lease = (await Store.GetAsync(shard0, Token))!;
        lease = await Update(shard0, LeaseWrite.Update(lease.Counter, new() { ReleasesLease = true }));
        Assert.Null(lease.Owner);
        Assert.Equal(Shape(ended).Replace("leaseOwner S\n", "", StringComparison.Ordinal), Shape(await RowAsync(shard0)));

        RecordedRow Recorded(Func<RecordedRow, bool> where) => java.First(where);

        async Task FromTo(RecordedRow from, RecordedRow to)
        {
            var start = new Item(from.Row) { ["leaseCounter"] = new() { N = (Counter(to) - 1).ToString(
                System.Globalization.CultureInfo.InvariantCulture) } };
            await _raw!.PutItemAsync(_table, start, Token);
            var target = Read(to);
            await Update(target.Key, LeaseWrite.Update(target.Counter - 1, new()
            {
                Checkpoint = target.Checkpoint,
                PendingCheckpoint = new(target.PendingCheckpoint is { } position
                    ? new PendingCheckpoint { Position = position, State = target.PendingCheckpointState }
                    : null),
                OwnerSwitchesSinceCheckpoint = target.OwnerSwitchesSinceCheckpoint,
            }));
            await Same(to, target.Key);
        }
    }

    [Fact]
    public async Task A_mixed_table_lists_its_leases_and_nothing_else()
    {
        foreach (var recorded in RecordedRows.Of("3.5.1"))
        {
            await _raw!.PutItemAsync(_table, recorded.Row, Token);
        }

        var expected = RecordedRows.Of("3.5.1")
            .Where(static r => r.Row.ContainsKey("leaseCounter"))
            .Select(static r => r.Row["leaseKey"].S)
            .Distinct()
            .Order(StringComparer.Ordinal);
        Assert.Equal(expected, (await Store.ListAsync(Token)).Select(static l => l.Key.Value).Order(StringComparer.Ordinal));

        using var parallel = new DynamoDbLeaseStore(
            new() { ApplicationName = _table, Endpoint = dynamoDb.Endpoint, RequestTimeout = TimeSpan.FromSeconds(30), ScanSegments = 4 },
            NullLoggerFactory.Instance);
        Assert.Equal(expected, (await parallel.ListAsync(Token)).Select(static l => l.Key.Value).Order(StringComparer.Ordinal));

        var fleet = await Store.InspectFleetAsync(await Store.ListAsync(Token), Token);
        Assert.Equal(LeaseFleetMode.Assigned, fleet.Mode);
        Assert.Contains("CLIENT_VERSION_3X", fleet.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_goes_through_all_pages()
    {
        // Rows of about 60 KB, so that a page of 1 MB has sixteen of them.
        var padding = new string('x', 60_000);
        var keys = Enumerable.Range(0, 40).Select(static n => $"shardId-{n:D12}").ToArray();
        foreach (var key in keys)
        {
            await _raw!.PutItemAsync(_table, new Item
            {
                ["leaseKey"] = new() { S = key },
                ["leaseCounter"] = new() { N = "0" },
                ["checkpoint"] = new() { S = "TRIM_HORIZON" },
                ["padding"] = new() { S = padding },
            }, Token);
        }

        Assert.Equal(keys, (await Store.ListAsync(Token)).Select(static l => l.Key.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Many_workers_that_start_at_once_make_one_table()
    {
        var application = $"t-{Guid.NewGuid():N}";
        var stores = Enumerable.Range(0, 8)
            .Select(_ => new DynamoDbLeaseStore(
                new()
                {
                    ApplicationName = application,
                    Endpoint = dynamoDb.Endpoint,
                    RequestTimeout = TimeSpan.FromSeconds(30),
                    DeletionProtection = true,
                },
                NullLoggerFactory.Instance))
            .ToList();
        await Task.WhenAll(stores.Select(static async s =>
        {
            await s.InitializeAsync(Token);
            Assert.Empty(await s.ListAsync(Token));
        }));
        var table = (await _raw!.DescribeTableAsync(application, Token)).Table;
        Assert.True(table.DeletionProtectionEnabled);
        Assert.Equal("PAY_PER_REQUEST", table.BillingModeSummary.BillingMode.Value);
        stores.ForEach(static s => s.Dispose());
    }

    [Fact]
    public async Task A_table_deleted_under_the_workers_is_named()
    {
        await _raw!.DeleteTableAsync(_table, Token);
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await Store.TryWriteAsync(
            new("shardId-000000000000"),
            LeaseWrite.Update(0, new()),
            Token));
        Assert.Contains(_table, failure.Message, StringComparison.Ordinal);
    }

    private async Task WritesKeepWhatTheyDoNotName(Lease lease, Item row)
    {
        var switches = lease.OwnerSwitchesSinceCheckpoint + 1;
        (LeaseWrite Write, string[] Touches)[] writes =
        [
            (LeaseWrite.Update(lease.Counter, new()), ["leaseCounter"]),
            (
                LeaseWrite.Update(
                    lease.Counter + 1,
                    new() { Owner = new(new WorkerId("ours")), CheckpointOwner = new(null), OwnerSwitchesSinceCheckpoint = switches }),
                ["leaseCounter", "leaseOwner", "checkpointOwner", "ownerSwitchesSinceCheckpoint"]),
            (
                LeaseWrite.Update(
                    lease.Counter + 2,
                    new() { PendingCheckpoint = new(new PendingCheckpoint
                    {
                        Position = ExtendedSequenceNumber.ShardEnd,
                        State = "s"u8.ToArray(),
                    }) }),
                ["leaseCounter", "pendingCheckpoint", "pendingCheckpointSubSequenceNumber", "pendingCheckpointState"]),
            (LeaseWrite.Update(
                lease.Counter + 3,
                new() { Checkpoint = ExtendedSequenceNumber.ShardEnd, PendingCheckpoint = new(null), OwnerSwitchesSinceCheckpoint = 0 }),
                [
                    "leaseCounter",
                    "checkpoint",
                    "checkpointSubSequenceNumber",
                    "pendingCheckpoint",
                    "pendingCheckpointSubSequenceNumber",
                    "pendingCheckpointState",
                    "ownerSwitchesSinceCheckpoint",
                ]),
            (LeaseWrite.Describe(new() { ChildShardIds = [new("shardId-000000000098"), new("shardId-000000000099")] }), ["childShardIds"]),
            (LeaseWrite.Describe(new() { HashKeyRange = new(1, 2) }), ["startingHashKey", "endingHashKey"]),
            (LeaseWrite.Update(lease.Counter + 4, new() { ReleasesLease = true }), ["leaseCounter", "leaseOwner"]),
        ];

        // The server writes a number such as 9.05E-4 in another form. After that, nothing may differ.
        var before = await RowAsync(lease.Key);
        Assert.Equal(Shape(row), Shape(before));
        foreach (var (write, touches) in writes)
        {
            var result = await Store.TryWriteAsync(lease.Key, write, Token);
            Assert.Equal(LeaseWriteStatus.Written, result.Status);
            var after = await RowAsync(lease.Key);
            Assert.Equal(RecordedRows.Text(Except(before, touches)), RecordedRows.Text(Except(after, touches)));
            Assert.Equal((await Store.GetAsync(lease.Key, Token))!.Counter, result.Current!.Counter);
            before = after;
        }
    }

    private static Item Except(Item row, string[] names) => row.Where(a => !names.Contains(a.Key)).ToDictionary();

    private static Item Without(Item row, string name, string? instead = null)
    {
        var copy = new Item(row);
        copy.Remove(name);
        if (instead is not null)
        {
            copy[name] = new() { S = instead };
        }

        return copy;
    }

    private static Lease Read(RecordedRow recorded)
    {
        Assert.True(LeaseItem.TryRead(recorded.Row, out var lease, out var problem), problem);
        return lease;
    }

    private static Lease Written(LeaseWriteResult write)
    {
        Assert.Equal(LeaseWriteStatus.Written, write.Status);
        return write.Current!;
    }

    private static long Counter(RecordedRow r) => long.Parse(r.Row["leaseCounter"].N, System.Globalization.CultureInfo.InvariantCulture);

    private static string Sub(RecordedRow r) => r.Row["checkpointSubSequenceNumber"].N;

    private static string Shape(RecordedRow recorded) => Shape(recorded.Row);

    private static string Shape(Item row) =>
        string.Concat(row.OrderBy(static a => a.Key, StringComparer.Ordinal)
            .Select(static a => $"{a.Key} {RecordedRows.Text(a.Value).Split(' ')[0]}\n"));

    private async Task<Lease> Update(LeaseKey key, LeaseWrite write) => Written(await Store.TryWriteAsync(key, write, Token));

    private async Task Same(RecordedRow recorded, LeaseKey key) =>
        Assert.Equal(RecordedRows.Text(recorded.Row), RecordedRows.Text(await RowAsync(key)));

    private async Task<Item> RowAsync(LeaseKey key) =>
        (await _raw!.GetItemAsync(
            new GetItemRequest { TableName = _table, Key = new() { ["leaseKey"] = new() { S = key.Value } }, ConsistentRead = true },
            Token)).Item
            ?? [];
}
