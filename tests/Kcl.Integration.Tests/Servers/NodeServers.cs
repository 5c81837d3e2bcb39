using System.Globalization;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.Servers;

/// <summary>The third-party servers that tools/package.json pins, as processes.</summary>
internal static class NodeServers
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(30);

    public static bool IsInstalled(string package) => Directory.Exists(Path.Combine(TestTools.NodeModules, package));

    public static async Task<(ExternalProcess Process, Uri Endpoint)> StartKinesisLocalAsync(CancellationToken cancellationToken)
    {
        var port = FreePort.Next();
        var server = ExternalProcess.Start("node", ["main.js"], new Dictionary<string, string>
        {
            ["KINESIS_MOCK_PLAIN_PORT"] = Text(port),
            ["KINESIS_MOCK_TLS_PORT"] = Text(FreePort.Next()),
            ["SHARD_LIMIT"] = "1000",
            ["CREATE_STREAM_DURATION"] = "50ms",
            ["DELETE_STREAM_DURATION"] = "50ms",
            ["SPLIT_SHARD_DURATION"] = "50ms",
            ["MERGE_SHARDS_DURATION"] = "50ms",
            ["UPDATE_SHARD_COUNT_DURATION"] = "50ms",
            ["LOG_LEVEL"] = "WARN",
        }, Path.Combine(TestTools.NodeModules, "kinesis-local"));
        return (server, await AnswersAsync(server, port, cancellationToken));
    }

    public static async Task<(ExternalProcess Process, Uri Endpoint)> StartKinesaliteAsync(CancellationToken cancellationToken)
    {
        var port = FreePort.Next();
        var guard = Path.Combine(TestTools.Root, "tests", "tools", "kinesalite-guard.js");
        var server = ExternalProcess.Start(
            "node",
            [
                "-r",
                guard,
                "cli.js",
                "--port",
                Text(port),
                "--createStreamMs",
                "50",
                "--deleteStreamMs",
                "50",
                "--updateStreamMs",
                "50",
                "--shardLimit",
                "1000",
            ],
            workingDirectory: Path.Combine(TestTools.NodeModules, "kinesalite"));
        return (server, await AnswersAsync(server, port, cancellationToken));
    }

    private static async Task<Uri> AnswersAsync(ExternalProcess server, int port, CancellationToken cancellationToken)
    {
        var endpoint = new Uri($"http://127.0.0.1:{Text(port)}");
        using var http = new HttpClient();
        await Eventually.TrueAsync(
            $"an answer at {endpoint}",
            () => server.HasExited || Answers(),
            WaitTimeout,
            server.Describe,
            cancellationToken);
        return server.HasExited ? throw new InvalidOperationException($"The server ended: {server.Describe()}") : endpoint;

        bool Answers()
        {
            try
            {
                using var response = http.Send(new(HttpMethod.Get, endpoint), cancellationToken);
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
