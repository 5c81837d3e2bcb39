using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Workers;
using Kcl.Kinesis;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>Tests that no child outlives its daemon, regardless of how the daemon ends.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class OrphanTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_daemon_killed_without_warning_leaves_no_child_that_ignores_everything()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = Start(folder, "stay ignore-term grandchild announce");
        await daemon.WaitForTextAsync("hello", TimeSpan.FromSeconds(60), Token);
        var child = Child(daemon);
        daemon.Kill();

        await Eventually.TrueAsync(
            $"child {child} and its grandchild have ended",
            () => !GroupIsAlive(child),
            TimeSpan.FromSeconds(30),
            daemon.Describe,
            Token);
    }

    /// <summary>
    /// An operator who kills stray processes may kill the guard. With the next child, another guard is started, which also guards the
    /// children that are already running.
    /// </summary>
    [Fact]
    public async Task A_guard_that_was_killed_has_a_successor_that_knows_every_child()
    {
        using var folder = new TemporaryFolder();
        var endpoint = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        await using var daemon = Start(folder, "grandchild announce", endpoint);
        await daemon.WaitForTextAsync("hello", TimeSpan.FromSeconds(60), Token);
        await using (var kinesis = new KinesisClient(KinesisClientOptions.ForLocalServer(endpoint)))
        {
            await kinesis.SplitShardAsync(new StreamName("words"), new ShardId("shardId-000000000000"), UInt128.MaxValue / 2, Token);
        }

        await UntilAsync("children of both halves", () => Children(daemon).Count == 3, daemon);
        var (early, replaced) = (Children(daemon)[1], Children(daemon)[2]);
        ExternalProcess.Kill(Guard(daemon.Id));
        ExternalProcess.Kill(replaced);
        await UntilAsync("another child", () => Children(daemon).Count == 4, daemon);
        var late = Children(daemon)[3];
        daemon.Kill();

        await UntilAsync($"child {early} has ended", () => !GroupIsAlive(early), daemon);
        await UntilAsync($"child {late} has ended", () => !GroupIsAlive(late), daemon);
    }

    [Fact]
    public async Task A_daemon_that_is_interrupted_tells_its_children_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = Start(folder, "announce");
        await daemon.WaitForTextAsync("hello", TimeSpan.FromSeconds(60), Token);
        var child = Child(daemon);
        daemon.Terminate();

        Assert.Equal(0, await daemon.WaitForExitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Contains("checkpoint None None: None", daemon.Error, StringComparison.Ordinal);
        Assert.Contains("stopped after", daemon.Error, StringComparison.Ordinal);
        Assert.False(GroupIsAlive(child));
    }

    private static ExternalProcess Start(TemporaryFolder folder, string behaviors, Uri? endpoint = null)
    {
        var properties = folder.File("orphans.properties");
        File.WriteAllLines(properties, [
            $"executableName = python3 {Path.Combine(AppContext.BaseDirectory, "Daemon", "child.py")} {behaviors}",
            "streamName = words",
            "applicationName = app",
            "initialPositionInStream = TRIM_HORIZON",
            "shardSyncIntervalMillis = 1000",
            "childExitGraceMillis = 100",
        ]);
        var address = (endpoint ?? new($"http://127.0.0.1:{FreePort.Next()}")).ToString();
        var local = folder.File("local");
        return KclProgramFiles.Start(["run", "-p", properties, "--local", "--local-endpoint", address, "--local-directory", local]);
    }

    private static int Child(ExternalProcess daemon) => Children(daemon)[0];

    private static Task UntilAsync(string what, Func<bool> condition, ExternalProcess daemon) =>
        Eventually.TrueAsync(what, condition, TimeSpan.FromSeconds(60), daemon.Describe, Token);

    private static List<int> Children(ExternalProcess daemon) =>
        [.. ProcessId().Matches(daemon.Error).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))];

    private static IEnumerable<int> Processes() => Directory.GetDirectories("/proc").Select(d => Path.GetFileName(d))
        .Where(d => d.All(char.IsAsciiDigit)).Select(d => int.Parse(d, CultureInfo.InvariantCulture));

    private static int Guard(int daemon) => Processes().Single(p =>
    {
        try
        {
            return File.ReadAllText($"/proc/{p}/stat").Split(") ")[^1].Split(' ')[1] == daemon.ToString(CultureInfo.InvariantCulture)
                && File.ReadAllText($"/proc/{p}/cmdline").Contains("kcl-orphan-guard", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    });

    [GeneratedRegex("process (\\d+) says hello")]
    private static partial Regex ProcessId();

    private static bool GroupIsAlive(int group) => Directory.GetDirectories("/proc")
        .Where(d => int.TryParse(Path.GetFileName(d), out _)).Any(d =>
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(d, "stat")).Split(") ")[1].Split(' ');
            return stat[2] == group.ToString(CultureInfo.InvariantCulture) && stat[0] != "Z";
        }
        catch (IOException)
        {
            return false;
        }
    });
}
