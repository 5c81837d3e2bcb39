using Kcl.Integration.Tests.Workers;
using Kcl.LocalKinesis;

[assembly: AssemblyFixture(typeof(Kcl.Integration.Tests.Servers.ServerPark))]

namespace Kcl.Integration.Tests.Servers;

/// <summary>
/// Starts each server when the first test needs it, and stops all servers at the end. Tests use streams of different names.
/// </summary>
public sealed class ServerPark : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ServerKind, Task<(ExternalProcess Process, Uri Endpoint)>> _external = [];
    private Task<LocalKinesisServer>? _embedded;

    /// <summary>Returns the endpoint of a server. Skips the running test if the server is not installed.</summary>
    internal async Task<Uri> EndpointAsync(ServerKind kind)
    {
        if (kind == ServerKind.Embedded)
        {
            Task<LocalKinesisServer> embedded;
            lock (_lock)
            {
                embedded = _embedded ??= LocalKinesisServer.StartAsync(new() { Port = 0 });
            }

            return (await embedded).Endpoint;
        }

        var package = kind == ServerKind.KinesisLocal ? "kinesis-local" : "kinesalite";
        TestTools.Require(NodeServers.IsInstalled(package), package);
        Task<(ExternalProcess Process, Uri Endpoint)>? starting;
        lock (_lock)
        {
            if (!_external.TryGetValue(kind, out starting))
            {
                // Not with the token of the first test, because other tests use the server too.
                starting = kind == ServerKind.KinesisLocal
                    ? NodeServers.StartKinesisLocalAsync(CancellationToken.None)
                    : NodeServers.StartKinesaliteAsync(CancellationToken.None);
                _external.Add(kind, starting);
            }
        }

        var (process, endpoint) = await starting;
        return process.HasExited ? throw new InvalidOperationException($"The server died: {process.Describe()}") : endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        if (_embedded is { IsCompletedSuccessfully: true })
        {
            await (await _embedded).DisposeAsync();
        }

        foreach (var server in _external.Values)
        {
            if (server.IsCompletedSuccessfully)
            {
                await (await server).Process.DisposeAsync();
            }
        }
    }
}
