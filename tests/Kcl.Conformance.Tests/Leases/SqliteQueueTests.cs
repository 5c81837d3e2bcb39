using Kcl.Leases.Sqlite;
using Kcl.Leasing;
using Microsoft.Data.Sqlite;

namespace Kcl.Conformance.Tests.Leases;

/// <summary>Tests that a call that fails does not fail the calls that share its transaction.</summary>
public sealed class SqliteQueueTests : IAsyncLifetime
{
    private static readonly LeaseKey Damaged = new("shardId-damaged");
    private readonly string _folder = Directory.CreateTempSubdirectory("kcl-queue-").FullName;
    private SqliteLeaseStore? _store;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "leases.db");

    private SqliteLeaseStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        await using (var first = new SqliteLeaseStore(File, "app"))
        {
            await first.TryCreateAsync(NewLease(Damaged.Value), Token);
        }

        await ExecuteAsync($"UPDATE lease SET private_attributes = '{{' WHERE lease_key = '{Damaged}'");
        _store = new(File, "app");
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_call_with_an_invalid_argument_fails_alone() =>
        await FailsAloneAsync<InvalidOperationException>(() => Store.GetAsync(default, Token).AsTask());

    [Fact]
    public async Task A_call_that_reads_a_damaged_row_fails_alone() =>
        await FailsAloneAsync<InvalidStateException>(() => Store.GetAsync(Damaged, Token).AsTask());

    [Fact]
    public async Task A_statement_that_SQLite_cannot_execute_fails_alone()
    {
        var note = LeaseWrite.Describe(new() { PrivateAttributes = new Dictionary<string, string?> { ["kclOne"] = "1" } });
        var failure = await FailsAloneAsync<DependencyException>(() => Store.TryWriteAsync(Damaged, note, Token).AsTask());
        Assert.Contains("malformed JSON", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_was_removed_is_created_again()
    {
        await Store.InitializeAsync(Token);
        await ExecuteAsync("DROP TABLE lease");
        await Assert.ThrowsAsync<DependencyException>(async () => await Store.ListAsync(Token));
        Assert.Empty(await Store.ListAsync(Token));
    }

    // While the first call opens the file, the calls after it wait and then share transactions.
    private async Task<TException> FailsAloneAsync<TException>(Func<Task> call)
        where TException : Exception
    {
        var writes = Enumerable.Range(0, 200).Select(CreateAsync).ToList();
        var failing = call();
        writes.AddRange(Enumerable.Range(200, 200).Select(CreateAsync));
        var failure = await Assert.ThrowsAsync<TException>(() => failing);
        Assert.Equal(0, await CountFailuresAsync(writes));
        Assert.Equal(400, (await Store.ListAsync(Token)).Count);
        return failure;
    }

    private static async Task<int> CountFailuresAsync(IEnumerable<Task<LeaseWriteResult>> writes)
    {
        var failures = 0;
        foreach (var write in writes)
        {
            failures += await Record.ExceptionAsync(() => write) is null && (await write).Succeeded ? 0 : 1;
        }

        return failures;
    }

    private Task<LeaseWriteResult> CreateAsync(int number) => Store.TryCreateAsync(NewLease($"shardId-{number:D12}"), Token).AsTask();

    private static Lease NewLease(string shard) =>
        new() { Key = new(shard), ShardId = new(shard), Checkpoint = ExtendedSequenceNumber.TrimHorizon };

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Token);
    }
}
