using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.CommandLine;

/// <summary>Tests the commands as processes.</summary>
public sealed class ProgramTests(ServerPark park) : IDisposable
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_server_by_itself_serves_the_putter_and_stops_when_asked()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = KclProgramFiles.Start([
            "local",
            "--port",
            "0",
            "--stream",
            "words",
            "--shards",
            "2",
            "--data",
            _folder.File("data"),
        ]);
        await server.WaitForTextAsync("Kinesis listens at http://127.0.0.1:", WaitTimeout, cancellation);
        var endpoint = server.Output.Split(' ').First(word => word.StartsWith("http://", StringComparison.Ordinal)).TrimEnd(',');

        await using var put = KclProgramFiles.Start(["put", "--stream", "words", "--endpoint", endpoint, "-w", "cat", "-w", "dog"]);
        Assert.True(await put.WaitForExitAsync(WaitTimeout, cancellation) == 0, put.Describe());
        Assert.Contains("Put 'cat' into shardId-", put.Output, StringComparison.Ordinal);
        Assert.Contains("Put 'dog' into shardId-", put.Output, StringComparison.Ordinal);

        server.Terminate();
        Assert.True(await server.WaitForExitAsync(WaitTimeout, cancellation) == 0, server.Describe());
    }

    [Fact]
    public async Task The_putter_creates_the_stream_and_reads_words_from_standard_input()
    {
        var endpoint = await park.EndpointAsync(ServerKind.Embedded);
        await using var put = KclProgramFiles.Start(
            ["put", "--stream", $"words-{Guid.NewGuid():N}", "--shards", "3", "--endpoint", endpoint.ToString()],
            input: "cat\n\n  dog  \n");
        Assert.True(await put.WaitForExitAsync(WaitTimeout, TestContext.Current.CancellationToken) == 0, put.Describe());
        Assert.Contains("with 3 shard(s)", put.Output, StringComparison.Ordinal);
        Assert.Equal(2, put.Output.Split("Put '").Length - 1);
        Assert.Contains("Put 'dog' into", put.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_putter_puts_again_until_it_is_stopped()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var endpoint = await park.EndpointAsync(ServerKind.Embedded);
        await using var put = KclProgramFiles.Start([
            "put",
            "--stream",
            $"words-{Guid.NewGuid():N}",
            "--endpoint",
            endpoint.ToString(),
            "-w",
            "cat",
            "-p",
            "0.05",
        ]);
        await Eventually.TrueAsync(
            "the word put three times",
            () => put.Output.Split("Put 'cat'").Length > 3,
            WaitTimeout,
            put.Describe,
            cancellation);
        put.Terminate();
        Assert.True(await put.WaitForExitAsync(WaitTimeout, cancellation) == 0, put.Describe());
    }

    [Fact]
    public async Task The_printed_command_has_absolute_paths()
    {
        await File.WriteAllTextAsync(_folder.File("my own.properties"), "", TestContext.Current.CancellationToken);
        await using var print = KclProgramFiles.Start(
            ["run", "my own.properties", "--print-command", "--local"],
            workingDirectory: _folder.Path);
        Assert.True(await print.WaitForExitAsync(WaitTimeout, TestContext.Current.CancellationToken) == 0, print.Describe());
        Assert.EndsWith(
            $"Kcl.Cli.dll run --properties-file '{_folder.File("my own.properties")}' --local\n",
            print.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_quickstart_counts_every_word_and_ends()
    {
        await using var quickstart = KclProgramFiles.Start(["quickstart", "--words", "500"], workingDirectory: _folder.Path);
        Assert.True(
            await quickstart.WaitForExitAsync(TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken) == 0,
            quickstart.Describe());
        Assert.Contains("Every word was counted and checkpointed", quickstart.Output, StringComparison.Ordinal);
        Assert.Matches(@"all\s+500\s+500", quickstart.Output);
    }

    [Fact]
    public async Task The_sample_runs_on_a_server_of_its_own_and_stops_when_asked()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var run = KclProgramFiles.Start([
            "run",
            "--sample",
            "--local",
            "--local-endpoint",
            $"http://127.0.0.1:{FreePort.Next()}",
            "--local-directory",
            _folder.File("local"),
        ]);
        await run.WaitForTextAsync("starts at TRIM_HORIZON", WaitTimeout, cancellation);
        run.Terminate();
        Assert.True(await run.WaitForExitAsync(WaitTimeout, cancellation) == 0, run.Describe());
    }
}
