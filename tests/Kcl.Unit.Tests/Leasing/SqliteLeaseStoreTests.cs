using Kcl.Leases.Sqlite;
using Kcl.Leasing;
using Microsoft.Data.Sqlite;

namespace Kcl.Unit.Tests.Leasing;

public sealed class SqliteLeaseStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kcl-sqlite-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "leases.db");

    [Fact]
    public async Task Applications_of_one_file_do_not_see_each_other()
    {
        await using var one = new SqliteLeaseStore(File, "one");
        await using var other = new SqliteLeaseStore(File, "other");
        await one.TryCreateAsync(Lease(), Cancelled);
        Assert.Empty(await other.ListAsync(Cancelled));
        Assert.True((await other.TryCreateAsync(Lease(), Cancelled)).Succeeded);
        Assert.True((await other.TryDeleteAsync(Lease().Key, null, Cancelled)).Succeeded);
        Assert.Single(await one.ListAsync(Cancelled));
    }

    [Fact]
    public async Task Many_connections_to_one_file_write_one_after_another()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => new SqliteLeaseStore(File, "app")).ToList();
        await Task.WhenAll(stores.Select(s => s.InitializeAsync(Cancelled).AsTask()));
        await stores[0].TryCreateAsync(Lease(), Cancelled);

        // Each writer increments the counter fifty times, starting from the value of the others.
        await Task.WhenAll(stores.Select(async store =>
        {
            for (var done = 0; done < 50;)
            {
                var row = await store.GetAsync(Lease().Key, Cancelled);
                done += (await store.TryWriteAsync(row!.Key, LeaseWrite.Update(row.Counter, new()), Cancelled)).Succeeded ? 1 : 0;
            }
        }));
        Assert.Equal(200, (await stores[0].GetAsync(Lease().Key, Cancelled))!.Counter);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Columns_of_later_versions_survive()
    {
        await using (var store = new SqliteLeaseStore(File, "app"))
        {
            await store.TryCreateAsync(Lease(), Cancelled);
        }

        Sql("ALTER TABLE lease ADD COLUMN later TEXT; UPDATE lease SET later = 'kept'");
        await using (var store = new SqliteLeaseStore(File, "app"))
        {
            var row = await store.GetAsync(Lease().Key, Cancelled);
            var write = LeaseWrite.Update(row!.Counter, new() { Checkpoint = ExtendedSequenceNumber.ShardEnd, Owner = new(new("me")) });
            Assert.True((await store.TryWriteAsync(row.Key, write, Cancelled)).Succeeded);
        }

        Assert.Equal("kept", Sql("SELECT later FROM lease"));
    }

    [Fact]
    public async Task A_row_that_is_no_lease_is_named_and_not_written()
    {
        await using var store = new SqliteLeaseStore(File, "app");
        await store.TryCreateAsync(Lease(), Cancelled);
        Sql(
            "INSERT INTO lease (application, lease_key, shard_id, counter, checkpoint, checkpoint_sub, owner_switches, parents, children) "
            + "VALUES ('app', 'odd', 'odd', 1, 'gibberish', 0, 0, '', '')");
        var listing = await store.ListAsync(Cancelled);
        Assert.Equal(Lease().Key, Assert.Single(listing).Key);
        var odd = Assert.Single(listing.Unreadable);
        Assert.Equal("odd", odd.Key.Value);
        Assert.Contains("gibberish", odd.Problem, StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await store.GetAsync(new("odd"), Cancelled));
        Assert.Contains("odd", failure.Message, StringComparison.Ordinal);

        // The shard has a row, so no other row is created.
        Assert.False((await store.TryCreateAsync(Lease() with { Key = new("odd"), ShardId = new("odd") }, Cancelled)).Succeeded);
        Assert.Equal("gibberish", Sql("SELECT checkpoint FROM lease WHERE lease_key = 'odd'"));
    }

    /// <summary>Earlier versions wrote values that a lease no longer has.</summary>
    [Fact]
    public async Task A_row_of_an_earlier_version_is_read_as_the_lease_that_other_stores_would_have()
    {
        await using var store = new SqliteLeaseStore(File, "app");
        await store.TryCreateAsync(Lease(), Cancelled);
        Sql("UPDATE lease SET pending_state = x'01', parents = 'b a b', children = 'd c', hash_start = '5', hash_end = '5'");
        var row = await store.GetAsync(Lease().Key, Cancelled);
        Assert.Null(row!.PendingCheckpointState);
        Assert.Equal(["a", "b"], row.ParentShardIds.Select(static s => s.Value));
        Assert.Equal(["c", "d"], row.ChildShardIds.Select(static s => s.Value));
        Assert.Null(row.HashKeyRange);

        // A write changes only what it names.
        await store.TryWriteAsync(row.Key, LeaseWrite.Update(0, new()), Cancelled);
        Assert.Equal("b a b 5", Sql("SELECT parents || ' ' || hash_end FROM lease"));
    }

    /// <summary>Uses the table of the version before private attributes.</summary>
    [Fact]
    public async Task A_file_without_the_column_for_private_attributes_gets_it_and_still_serves_the_earlier_version()
    {
        Sql("""
            CREATE TABLE lease (application TEXT NOT NULL, lease_key TEXT NOT NULL, shard_id TEXT NOT NULL, owner TEXT,
                counter INTEGER NOT NULL, checkpoint TEXT NOT NULL, checkpoint_sub INTEGER NOT NULL, pending TEXT, pending_sub INTEGER,
                pending_state BLOB, owner_switches INTEGER NOT NULL, parents TEXT NOT NULL, children TEXT NOT NULL,
                hash_start TEXT, hash_end TEXT, checkpoint_owner TEXT, PRIMARY KEY (application, lease_key)) WITHOUT ROWID;
            PRAGMA user_version = 1;
            INSERT INTO lease (application, lease_key, shard_id, counter, checkpoint, checkpoint_sub, owner_switches, parents, children)
                VALUES ('app', 'shardId-000000000000', 'shardId-000000000000', 7, '42', 3, 0, '', '')
            """);
        await using var store = new SqliteLeaseStore(File, "app");
        await using var other = new SqliteLeaseStore(File, "app");
        await Task.WhenAll(store.InitializeAsync(Cancelled).AsTask(), other.InitializeAsync(Cancelled).AsTask());
        var row = Assert.Single(await store.ListAsync(Cancelled));
        Assert.Equal((7, ExtendedSequenceNumber.Parse("42", 3)), (row.Counter, row.Checkpoint));
        Assert.Empty(row.PrivateAttributes);
        Assert.True(
            (await store.TryWriteAsync(
                row.Key,
                LeaseWrite.Describe(new() { PrivateAttributes = new Dictionary<string, string?> { ["kclStream"] = "words" } }),
                Cancelled)).Succeeded);

        // The statements of the earlier version do not name the new column and do not change it.
        Assert.Equal(1L, Sql("SELECT user_version FROM pragma_user_version"));
        Sql(
            "UPDATE lease SET counter = 8, checkpoint = '43' "
            + "WHERE application = 'app' AND lease_key = 'shardId-000000000000' AND counter = 7");
        Sql(
            "INSERT INTO lease (application, lease_key, shard_id, counter, checkpoint, checkpoint_sub, owner_switches, parents, children) "
            + "VALUES ('app', 'shardId-000000000001', 'shardId-000000000001', 0, 'LATEST', 0, 0, '', '')");
        var rows = await other.ListAsync(Cancelled);
        Assert.Equal(
            [(8, "43/3", "words"), (0, "LATEST", "")],
            rows.Select(static r => ((int)r.Counter, r.Checkpoint.ToString(), r.PrivateAttributes.GetValueOrDefault("kclStream", ""))));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named_with_a_remedy()
    {
        await System.IO.File.WriteAllTextAsync(File, new string('x', 5000), Cancelled);
        await using var store = new SqliteLeaseStore(File, "app");
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await store.InitializeAsync(Cancelled));
        Assert.Contains(File, failure.Message, StringComparison.Ordinal);
        Assert.Contains("is not a lease file", failure.Message, StringComparison.Ordinal);
        Assert.Contains("leaseStore", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("delete", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_lease_file_is_named_with_a_remedy()
    {
        await using (var store = new SqliteLeaseStore(File, "app"))
        {
            await store.TryCreateAsync(Lease(), Cancelled);
        }

        // The header stays, so that it is still a database.
        var bytes = await System.IO.File.ReadAllBytesAsync(File, Cancelled);
        bytes.AsSpan(4096).Fill(0xFF);
        await System.IO.File.WriteAllBytesAsync(File, bytes, Cancelled);
        await using var damaged = new SqliteLeaseStore(File, "app");
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await damaged.InitializeAsync(Cancelled));
        Assert.Contains($"'{File}' is damaged", failure.Message, StringComparison.Ordinal);
        Assert.Contains("delete it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_a_later_schema_is_left_alone()
    {
        Sql("PRAGMA user_version = 99");
        await using var store = new SqliteLeaseStore(File, "app");
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await store.ListAsync(Cancelled));
        Assert.Contains("newer version", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        await System.IO.File.WriteAllTextAsync(File, "", Cancelled);
        await using var store = new SqliteLeaseStore(Path.Combine(File, "leases.db"), "app");
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await store.InitializeAsync(Cancelled));
        Assert.Contains(File, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        var store = new SqliteLeaseStore(File, "app");
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ListAsync(Cancelled));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Lease Lease() =>
        new() { Key = new("shardId-000000000000"), ShardId = new("shardId-000000000000"), Checkpoint = ExtendedSequenceNumber.TrimHorizon };

    private object? Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
