using Microsoft.Extensions.Hosting;

namespace Kcl.LocalKinesis.Connections;

/// <summary>A lifetime that handles no signals of the process, because the server is only a part of it.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
