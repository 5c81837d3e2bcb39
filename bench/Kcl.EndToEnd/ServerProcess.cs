using System.Diagnostics;
using Kcl.LocalKinesis;

namespace Kcl.EndToEnd;

/// <summary>The embedded server in its own process, so that its costs are not counted.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri endpoint) => (_process, Endpoint) = (process, endpoint);

    public Uri Endpoint { get; }

    /// <summary>Returns the command that starts this program in another role.</summary>
    public static string[] Self(string role) => ["dotnet", "exec", typeof(ServerProcess).Assembly.Location, role];

    public static async Task<ServerProcess> StartAsync()
    {
        var command = Self("server");
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        var line = await process.StandardOutput.ReadLineAsync();
        return new(process, new(line ?? throw new InvalidOperationException("The server ended before it listened.")));
    }

    /// <summary>Runs in the other process: the server, until standard input ends.</summary>
    public static async Task RunAsync()
    {
        await using var server = await LocalKinesisServer.StartAsync(new() { Port = 0 });
        Console.WriteLine(server.Endpoint);
        await Console.In.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
