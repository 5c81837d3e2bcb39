using System.Text.Json;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.LocalKinesis;

/// <summary>
/// Tests official clients with the embedded server, with polling and fan-out, renewals of the subscription, a split and a
/// merge.
/// </summary>
public sealed class OfficialClientTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(90);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_SDK_for_JavaScript_is_served_over_HTTP_2(bool tls)
    {
        TestTools.Require(Directory.Exists(Path.Combine(TestTools.NodeModules, "@aws-sdk", "client-kinesis")), "@aws-sdk/client-kinesis");
        await using var server = await StartAsync();
        AssertGood(await RunAsync(
            "node",
            ["drive.mjs", (tls ? server.Server.TlsEndpoint! : server.Server.Endpoint).ToString(), TestTools.NodeModules],
            new() { ["NODE_TLS_REJECT_UNAUTHORIZED"] = tls ? "0" : "1" }));
    }

    [Fact]
    public async Task Boto3_is_served()
    {
        Assert.SkipUnless(await SucceedsAsync(TestTools.Python, ["-c", "import boto3"]), "boto3 is missing.");
        await using var server = await StartAsync();
        AssertGood(await RunAsync(TestTools.Python, ["drive.py", server.Server.Endpoint.ToString()], []));
    }

    [Fact]
    public async Task The_command_line_of_AWS_is_served()
    {
        Assert.SkipUnless(await SucceedsAsync("aws", ["--version"]), "The aws command is missing.");
        await using var server = await StartAsync();
        await AwsAsync("create-stream", "--stream-name", "cli", "--shard-count", "2");
        await AwsAsync("wait", "stream-exists", "--stream-name", "cli");
        var put = await AwsAsync(
            "put-record",
            "--stream-name",
            "cli",
            "--partition-key",
            "k",
            "--data",
            "aGVsbG8=",
            "--explicit-hash-key",
            "0");
        Assert.Equal("shardId-000000000000", put.GetProperty("ShardId").GetString());
        Assert.Equal(
            2,
            (await AwsAsync(
                "list-shards",
                "--stream-name",
                "cli",
                "--shard-filter",
                "Type=AT_LATEST")).GetProperty("Shards").GetArrayLength());
        var iterator = (await AwsAsync(
            "get-shard-iterator",
            "--stream-name",
            "cli",
            "--shard-id",
            "shardId-000000000000",
            "--shard-iterator-type",
            "TRIM_HORIZON")).GetProperty("ShardIterator").GetString()!;
        var record = (await AwsAsync("get-records", "--shard-iterator", iterator)).GetProperty("Records")[0];

        // Version 2 of the command expects data in base64, version 1 expects the data itself.
        Assert.Contains(record.GetProperty("Data").GetString(), new[] { "aGVsbG8=", Convert.ToBase64String("aGVsbG8="u8) });
        Assert.Equal(put.GetProperty("SequenceNumber").GetString(), record.GetProperty("SequenceNumber").GetString());
        var refused = await RunAsync("aws", Arguments("describe-stream", "--stream-name", "nowhere"), Environment());
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(
            "An error occurred (ResourceNotFoundException) when calling the DescribeStream operation: "
            + "Stream nowhere under account 000000000000 not found.",
            refused.Error,
            StringComparison.Ordinal);
        await AwsAsync("delete-stream", "--stream-name", "cli");

        string[] Arguments(params string[] arguments) =>
        [
            "--endpoint-url",
            server.Server.Endpoint.ToString(),
            "--region",
            "us-east-1",
            "--output",
            "json",
            "kinesis",
            .. arguments,
        ];

        async Task<JsonElement> AwsAsync(params string[] arguments)
        {
            var (exitCode, output, error) = await RunAsync("aws", Arguments(arguments), Environment());
            Assert.True(exitCode == 0, error);
            return output.Trim().Length == 0 ? default : JsonDocument.Parse(output).RootElement;
        }

        static Dictionary<string, string> Environment() =>
            new() { ["AWS_ACCESS_KEY_ID"] = "a", ["AWS_SECRET_ACCESS_KEY"] = "b", ["AWS_PAGER"] = "" };
    }

    private static void AssertGood((int ExitCode, string Output, string Error) run)
    {
        Assert.True(run.ExitCode == 0, $"{run.Output}\n{run.Error}");
        using var summary = JsonDocument.Parse(run.Output.Trim().Split('\n')[^1]);
        Assert.Equal(300, summary.RootElement.GetProperty("pushed").GetInt32());
        Assert.Equal(300, summary.RootElement.GetProperty("polled").GetInt32());

        // There are more subscriptions than shards, so some were renewed.
        Assert.True(
            summary.RootElement.GetProperty("subscriptions").GetInt32() > summary.RootElement.GetProperty("shards").GetInt32(),
            run.Output);
    }

    private static Task<LocalServer> StartAsync() => LocalServer.StartAsync(options =>
    {
        options.StateChangeDelay = TimeSpan.FromMilliseconds(50);
        options.SubscriptionDuration = TimeSpan.FromMilliseconds(500);
        options.TlsPort = 0;
    });

    private static async Task<bool> SucceedsAsync(string program, string[] arguments)
    {
        try
        {
            await using var process = ExternalProcess.Start(program, arguments);
            return await process.WaitForExitAsync(MaxWait, Stop) == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string program,
        string[] arguments,
        Dictionary<string,
        string> environment)
    {
        await using var process = ExternalProcess.Start(program, arguments, environment, Path.Combine(TestTools.Root, "tests", "clients"));
        var exitCode = await process.WaitForExitAsync(MaxWait, Stop);
        return (exitCode, process.Output, process.Error);
    }
}
