using System.Runtime.Versioning;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>Amazon's own client library for Node.js, from npm and unmodified, as the child of our daemon.</summary>
[SupportedOSPlatform("linux")]
public sealed class AwsKclTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Processes_checkpoints_and_stops_as_under_Java()
    {
        TestTools.Require(Directory.Exists(Path.Combine(TestTools.NodeModules, "aws-kcl")), "aws-kcl from npm");
        await using var daemon = new LocalDaemon();
        await daemon.StartAsync($"node {Path.Combine(AppContext.BaseDirectory, "Daemon", "aws_kcl_child.js")}", $"childEnvironment = NODE_PATH={TestTools.NodeModules}");
        await daemon.Log.WaitForAsync("aws-kcl initialize shardId-000000000000 TRIM_HORIZON");
        await daemon.PutAsync("wörd");
        await daemon.Log.WaitForAsync("aws-kcl record wörd wörd 0");
        await daemon.Log.WaitForAsync("aws-kcl checkpoint ok");
        await daemon.Log.WaitForAsync("aws-kcl refused");
        await daemon.StopAsync();

        Assert.Contains(daemon.Log.All, l => l.EndsWith("aws-kcl shutdownRequested after 1", StringComparison.Ordinal));
        Assert.Contains(daemon.Log.All, l => l.EndsWith("aws-kcl leaseLost", StringComparison.Ordinal));
        Assert.Contains(daemon.Log.All, l => l.Contains("was answered IllegalArgumentException", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Completes_a_shard()
    {
        TestTools.Require(Directory.Exists(Path.Combine(TestTools.NodeModules, "aws-kcl")), "aws-kcl from npm");
        await using var daemon = new LocalDaemon();
        await daemon.StartAsync($"node {Path.Combine(AppContext.BaseDirectory, "Daemon", "aws_kcl_child.js")}", $"childEnvironment = NODE_PATH={TestTools.NodeModules}");
        await daemon.PutAsync("first");
        await daemon.Log.WaitForAsync("aws-kcl record first");
        await daemon.SplitAsync();
        await daemon.Log.WaitForAsync("aws-kcl shardEnded after 1");
        await daemon.Log.WaitForAsync("aws-kcl initialize shardId-000000000001 TRIM_HORIZON");
        await daemon.Log.WaitForAsync("aws-kcl initialize shardId-000000000002 TRIM_HORIZON");
        await daemon.StopAsync();
    }
}
