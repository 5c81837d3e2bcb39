using Kcl.Cli;
using Kcl.Cli.Internal;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Cli;

public class CommandLineTests
{
    [Theory]
    [InlineData("put", "--stream")]
    [InlineData("put --stream a/b -w x", "--stream: 'a/b' is not a stream name")]
    [InlineData("put --stream a -w x -p soon", "--period: 'soon' is not a number of seconds")]
    [InlineData("put --stream a -w x -p 0", "--period: '0' is not a number of seconds")]
    [InlineData("put --stream a -p 1", "--period requires words")]
    [InlineData("put --stream a -w x --local --endpoint http://127.0.0.1:1", "select different servers")]
    [InlineData("put --stream a -w x --endpoint nowhere", "--endpoint: 'nowhere' is not an http:// or https:// URL")]
    [InlineData("put --stream a -w x --shards 0", "--shards: '0' is not a number of shards, 1 to 10000")]
    [InlineData("local --port 70000", "--port: '70000' is not a port")]
    [InlineData("local --host example.com", "--host: 'example.com' is not an IP address")]
    [InlineData("local --limits some", "--limits: 'some' is not 'on', 'off' or a factor")]
    [InlineData("run --smaple --local", "There is no option --smaple. Did you mean --sample?")]
    [InlineData("run --frobnicate", "There is no option --frobnicate.\n")]
    [InlineData("frobnicate", "'frobnicate'")]
    public async Task A_bad_command_line_is_one_message_and_exit_code_2(string line, string message)
    {
        var (code, output, error) = await RunAsync(line);
        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Empty(output);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_problems_are_in_one_message()
    {
        var (_, _, error) = await RunAsync("put --stream a/b --period soon -w x");
        Assert.Contains("--stream:", error, StringComparison.Ordinal);
        Assert.Contains("--period:", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "Usage:")]
    [InlineData("put --help", "kcl put")]
    [InlineData("--version", "0.")]
    public async Task What_was_asked_for_goes_to_standard_output(string line, string text)
    {
        var (code, output, error) = await RunAsync(line);
        Assert.Equal(0, code);
        Assert.Contains(text, output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await KclProgram.RunAsync(
            line.Split(' '),
            new(TextReader.Null, output, error, new FakeTimeProvider(), TestContext.Current.CancellationToken));
        return (code, output.ToString(), error.ToString());
    }
}
