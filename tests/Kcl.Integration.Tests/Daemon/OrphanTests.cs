using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>No child outlives its daemon, however that ends.</summary>
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

        await Eventually.TrueAsync($"child {child} and its grandchild are gone", () => !GroupIsAlive(child), TimeSpan.FromSeconds(30), daemon.Describe, Token);
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
        Assert.Contains("goodbye", daemon.Error, StringComparison.Ordinal);
        Assert.False(GroupIsAlive(child));
    }

    private static ExternalProcess Start(TemporaryFolder folder, string behaviours)
    {
        var properties = folder.File("orphans.properties");
        File.WriteAllText(properties, $"executableName = python3 {Path.Combine(AppContext.BaseDirectory, "Daemon", "child.py")} {behaviours}\nstreamName = words\napplicationName = app\ninitialPositionInStream = TRIM_HORIZON\n");
        return KclProgramFiles.Start(["run", "-p", properties, "--local", "--local-endpoint", $"http://127.0.0.1:{FreePort.Next()}", "--local-directory", folder.File("local")]);
    }

    private static int Child(ExternalProcess daemon) => int.Parse(ProcessId().Match(daemon.Error).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("process (\\d+) says hello")]
    private static partial Regex ProcessId();

    private static bool GroupIsAlive(int group) => Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)).Any(d =>
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
