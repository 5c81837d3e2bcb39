using Microsoft.Extensions.Hosting;

namespace Kcl.LocalKinesis.Connections;

/// <summary>Leaves the process's signals to the process: the server is a guest in it.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
