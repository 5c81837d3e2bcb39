using System.Net.Sockets;
using System.Runtime.Versioning;
using Kcl.Daemon.Children.Launching;
using Microsoft.Win32.SafeHandles;

namespace Kcl.Integration.Tests.Daemon;

[SupportedOSPlatform("linux")]
public sealed class LauncherTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_left_of_a_child_that_was_started_and_cannot_be_talked_to()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("no-pipe"), "", Token);
        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        var none = (int)nothing.DangerousGetHandle();
        ChildReaper.StartListening();
        var started = PosixSpawn.TryStart("/bin/sleep", ["600"], new Dictionary<string, string>(), null, [none, none, none], out var pid);
        Assert.Equal(0, started);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var file = File.OpenHandle(folder.File("no-pipe"));
        using var output = new SafePipeHandle(file.DangerousGetHandle(), ownsHandle: false);
        using var error = new SafePipeHandle(file.DangerousGetHandle(), ownsHandle: false);

        var failure = Assert.Throws<ChildStartException>(
            () => PosixChildLauncher.Wrap(pid, socket.SafeHandle, output, error, new LogLines()));

        Assert.Contains("was started, but its streams cannot be used", failure.Message, StringComparison.Ordinal);
        Assert.True(socket.SafeHandle.IsClosed && output.IsClosed && error.IsClosed);
        // The process does not remain as a zombie either.
        var hasEnded = () => !Directory.Exists($"/proc/{pid}");
        await Eventually.TrueAsync("the process has ended", hasEnded, TimeSpan.FromSeconds(20), () => failure.Message, Token);
    }
}
