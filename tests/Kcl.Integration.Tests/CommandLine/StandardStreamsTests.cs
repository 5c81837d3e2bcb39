using Kcl.Integration.Tests.Scenarios;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.CommandLine;

/// <summary>
/// Tests standard streams that cannot be written. The exit code does not change, and neither does the message if it can be written.
/// </summary>
public sealed class StandardStreamsTests(ServerPark park)
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(">/dev/full", "No space left on device")]
    [InlineData(">&-", "it is closed")]
    public async Task A_standard_output_that_cannot_be_written_is_one_message_and_exit_code_1(string redirection, string problem)
    {
        var endpoint = await park.EndpointAsync(ServerKind.Embedded);
        string[][] commands = [
            ["--help"],
            ["put", "--stream", $"words-{Guid.NewGuid():N}", "--endpoint", endpoint.ToString(), "-w", "cat"],
            ["local", "--port", "0"],
        ];
        foreach (var command in commands)
        {
            await using var kcl = KclProgramFiles.Start(command, redirection: redirection);
            Assert.True(await kcl.WaitForExitAsync(WaitTimeout, TestContext.Current.CancellationToken) == 1, kcl.Describe());
            Assert.Equal(
                $"kcl: Standard output cannot be written: {problem}",
                kcl.Error.Split('\n').First(line => line.StartsWith("kcl: ", StringComparison.Ordinal)).TrimEnd('.'));
            Assert.DoesNotContain("   at ", kcl.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public async Task A_standard_error_that_cannot_be_written_does_not_change_the_exit_code(string redirection)
    {
        await using var kcl = KclProgramFiles.Start(["run", "-p", "/nowhere/my.properties"], redirection: redirection);
        Assert.True(await kcl.WaitForExitAsync(WaitTimeout, TestContext.Current.CancellationToken) == 2, kcl.Describe());
    }

    [Fact]
    public async Task A_standard_error_that_nobody_reads_does_not_keep_the_program_from_ending()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var pipe = await UnreadPipe.CreateAsync(cancellation);
        pipe.Fill();
        await using var kcl = KclProgramFiles.Start(["run", "-p", "/nowhere/my.properties"], redirection: $"2>{pipe.Name}");
        Assert.True(await kcl.WaitForExitAsync(WaitTimeout, cancellation) == 2, kcl.Describe());
    }

    [Fact]
    public async Task A_standard_output_that_nobody_reads_does_not_keep_the_program_from_stopping()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var pipe = await UnreadPipe.CreateAsync(cancellation);
        pipe.Fill();
        await using var local = KclProgramFiles.Start(["local", "--port", "0"], redirection: $">{pipe.Name}");
        await local.WaitForTextAsync("Kcl.LocalKinesis.LocalKinesisServer", WaitTimeout, cancellation);
        local.Terminate();
        Assert.True(await local.WaitForExitAsync(WaitTimeout, cancellation) == 0, local.Describe());
    }
}
