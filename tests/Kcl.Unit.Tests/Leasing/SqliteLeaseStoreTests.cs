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
    public async Task ApplicationsOfOneFileDoNotSeeEachOther()
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
    public async Task ManyConnectionsToOneFileWriteOneAfterAnother()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => new SqliteLeaseStore(File, "app")).ToList();
        await Task.WhenAll(stores.Select(s => s.InitializeAsync(Cancelled).AsTask()));
        await stores[0].TryCreateAsync(Lease(), Cancelled);

        // Each writer counts up fifty times, going by what the others left.
        await Task.WhenAll(stores.Select(async store =>
        {
            for (var done = 0; done < 50;)
            {
                var row = await store.GetAsync(Lease().Key, Cancelled);
                done += (await store.TryUpdateAsync(row!.Key, new() { ExpectedCounter = row.Counter }, Cancelled)).Succeeded ? 1 : 0;
            }
        }));
        Assert.Equal(200, (await stores[0].GetAsync(Lease().Key, Cancelled))!.Counter);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task ColumnsOfLaterVersionsSurvive()
    {
        await using (var store = new SqliteLeaseStore(File, "app"))
        {
            await store.TryCreateAsync(Lease(), Cancelled);
        }

        Sql("ALTER TABLE lease ADD COLUMN later TEXT; UPDATE lease SET later = 'kept'");
        await using (var store = new SqliteLeaseStore(File, "app"))
        {
            var row = await store.GetAsync(Lease().Key, Cancelled);
            Assert.True((await store.TryUpdateAsync(row!.Key, new() { ExpectedCounter = row.Counter, Checkpoint = ExtendedSequenceNumber.ShardEnd, Owner = new Change<WorkerId>(new("me")) }, Cancelled)).Succeeded);
        }

        Assert.Equal("kept", Sql("SELECT later FROM lease"));
    }

    [Fact]
    public async Task ARowThatIsNoLeaseIsSkipped()
    {
        await using var store = new SqliteLeaseStore(File, "app");
        await store.TryCreateAsync(Lease(), Cancelled);
        Sql("INSERT INTO lease (application, lease_key, shard_id, counter, checkpoint, checkpoint_sub, owner_switches, parents, children) VALUES ('app', 'odd', 'odd', 1, 'gibberish', 0, 0, '', '')");
        Assert.Equal(Lease().Key, Assert.Single(await store.ListAsync(Cancelled)).Key);
    }

    [Fact]
    public async Task AFileThatIsNoDatabaseIsNamedWithARemedy()
    {
        await System.IO.File.WriteAllTextAsync(File, new string('x', 5000), Cancelled);
        await using var store = new SqliteLeaseStore(File, "app");
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await store.InitializeAsync(Cancelled));
        Assert.Contains(File, failure.Message, StringComparison.Ordinal);
        Assert.Contains("delete it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileOfALaterSchemaIsLeftAlone()
    {
        Sql("PRAGMA user_version = 99");
        await using var store = new SqliteLeaseStore(File, "app");
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await store.ListAsync(Cancelled));
        Assert.Contains("newer version", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderThatCannotBeMadeIsNamed()
    {
        await System.IO.File.WriteAllTextAsync(File, "", Cancelled);
        await using var store = new SqliteLeaseStore(Path.Combine(File, "leases.db"), "app");
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await store.InitializeAsync(Cancelled));
        Assert.Contains(File, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClosedStoreSaysSo()
    {
        var store = new SqliteLeaseStore(File, "app");
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ListAsync(Cancelled));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Lease Lease() => new() { Key = new("shardId-000000000000"), ShardId = new("shardId-000000000000"), Checkpoint = ExtendedSequenceNumber.TrimHorizon };

    private object? Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
