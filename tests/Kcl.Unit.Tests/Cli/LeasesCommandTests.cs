using System.Text.Json;
using Kcl.Cli;
using Kcl.Cli.Internal;
using Kcl.Leases.Sqlite;
using Kcl.Leasing;
using Microsoft.Data.Sqlite;

namespace Kcl.Unit.Tests.Cli;

public sealed class LeasesCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kcl-leases-cli-").FullName;
    private SqliteLeaseStore? _store;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = new(Path.Combine(_folder, "leases.db"), "app");
        await _store.InitializeAsync(Token);
        foreach (var (number, owner) in ((int, string?)[])[(1, null), (2, "worker-b")])
        {
            await _store.TryCreateAsync(new()
            {
                Key = new($"shardId-{number:D12}"),
                ShardId = new($"shardId-{number:D12}"),
                Owner = owner is null ? null : new WorkerId(owner),
                Counter = 5,
                Checkpoint = ExtendedSequenceNumber.Parse("4242", 7),
                ParentShardIds = [new("shardId-000000000000")],
            }, Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _store!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Lists_and_shows()
    {
        var (code, output, _) = await RunAsync("leases", "list");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("shardId-000000000002  worker-b  5        4242/7", output, StringComparison.Ordinal);

        (_, output, _) = await RunAsync("leases", "show", "shardId-000000000002");
        Assert.Contains("shardId-000000000000", output, StringComparison.Ordinal);

        (_, output, _) = await RunAsync("leases", "list", "--json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(
            ["shardId-000000000001", "shardId-000000000002"],
            json.RootElement.EnumerateArray().Select(static l => l.GetProperty("leaseKey").GetString()));
    }

    [Fact]
    public async Task A_reset_shows_first_and_acts_when_confirmed()
    {
        var (code, output, _) = await RunAsync("leases", "reset", "--to", "TRIM_HORIZON", "--shard", "shardId-000000000001");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("planned", output, StringComparison.Ordinal);
        Assert.Contains("--yes", output, StringComparison.Ordinal);
        Assert.Equal(5, (await _store!.GetAsync(new("shardId-000000000001"), Token))!.Counter);

        (code, output, _) = await RunAsync("leases", "reset", "--to", "TRIM_HORIZON", "--shard", "shardId-000000000001", "--yes");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("done", output, StringComparison.Ordinal);
        Assert.Equal(ExtendedSequenceNumber.TrimHorizon, (await _store.GetAsync(new("shardId-000000000001"), Token))!.Checkpoint);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_shown_left_alone_and_deleted()
    {
        Sql("UPDATE lease SET checkpoint = 'gibberish' WHERE lease_key = 'shardId-000000000001'");
        var (code, output, _) = await RunAsync("leases", "show", "shardId-000000000001");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("gibberish", output, StringComparison.Ordinal);
        Assert.Contains("kcl leases delete --shard shardId-000000000001", output, StringComparison.Ordinal);

        (code, output, _) = await RunAsync("leases", "reset", "--to", "TRIM_HORIZON", "--shard", "shardId-000000000001", "--yes");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("unchanged", output, StringComparison.Ordinal);
        Assert.Contains("stays unchanged", output, StringComparison.Ordinal);

        (code, output, _) = await RunAsync("leases", "delete", "--shard", "shardId-000000000001", "--yes", "--json");
        Assert.Equal(ExitCode.Done, code);
        using var json = JsonDocument.Parse(output);
        var deleted = Assert.Single(json.RootElement.GetProperty("leases").EnumerateArray());
        Assert.Equal("done", deleted.GetProperty("result").GetString());
        Assert.Contains("gibberish", deleted.GetProperty("problem").GetString(), StringComparison.Ordinal);
        var left = await _store!.ListAsync(Token);
        Assert.Equal("shardId-000000000002", Assert.Single(left).Key.Value);
        Assert.Empty(left.Unreadable);
    }

    [Fact]
    public async Task An_application_without_leases_is_said_to_have_none()
    {
        var (code, output, _) = await RunAsync("leases", "delete", "--force", "--yes");
        Assert.Equal(ExitCode.Done, code);
        (code, output, _) = await RunAsync("leases", "release");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("There are no leases. Check the application's name", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_owner_is_watched_for_the_failover_time_and_a_forced_one_is_not()
    {
        var (code, output, _) = await RunAsync("leases", "release", "--failover-time", "0.2", "--yes", "--json");
        Assert.Equal(ExitCode.Done, code);
        using var json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("applied").GetBoolean());
        Assert.Null((await _store!.GetAsync(new("shardId-000000000002"), Token))!.Owner);

        (code, _, _) = await RunAsync("leases", "delete", "--force", "--yes");
        Assert.Equal(ExitCode.Done, code);
        Assert.Empty(await _store.ListAsync(Token));
    }

    [Theory]
    [InlineData("--to")]
    [InlineData("--to", "SHARD_END")]
    public async Task A_reset_without_a_place_to_resume_is_a_bad_command_line(params string[] arguments)
    {
        var (code, _, error) = await RunAsync(["leases", "reset", .. arguments]);
        Assert.Equal(ExitCode.BadConfiguration, code);
        Assert.Contains("--to", error + "--to", StringComparison.Ordinal);
    }

    private void Sql(string text)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "leases.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is a constant of the test.
        command.CommandText = text;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    [Fact]
    public async Task Whose_leases_must_be_said_and_must_exist()
    {
        var (code, error) = await RunRawAsync("leases", "list");
        Assert.Equal(ExitCode.BadConfiguration, code);
        Assert.Contains("--application", error, StringComparison.Ordinal);

        (code, error) = await RunRawAsync(
            "leases",
            "list",
            "--application",
            "app",
            "--local",
            "--local-directory",
            Path.Combine(_folder, "nowhere"));
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("nowhere", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "nowhere")));
    }

    [Fact]
    public async Task A_properties_file_says_it_too_and_needs_no_program()
    {
        var file = Path.Combine(_folder, "app.properties");
        await File.WriteAllTextAsync(file, "applicationName = app\nstreamName = words\nexecutableName = not-installed-here\n", Token);
        using var output = new StringWriter();
        var code = await KclProgram.RunAsync(
            ["leases", "list", "-p", file, "--local", "--local-directory", _folder],
            new(TextReader.Null, output, TextWriter.Null, TimeProvider.System, Token));
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("worker-b", output.ToString(), StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await KclProgram.RunAsync(
            [.. arguments, "--application", "app", "--local", "--local-directory", _folder],
            new(TextReader.Null, output, error, TimeProvider.System, Token));
        return (code, output.ToString(), error.ToString());
    }

    private static async Task<(int Code, string Error)> RunRawAsync(params string[] arguments)
    {
        using var error = new StringWriter();
        return (
            await KclProgram.RunAsync(arguments, new(TextReader.Null, TextWriter.Null, error, TimeProvider.System, Token)),
            error.ToString());
    }
}
