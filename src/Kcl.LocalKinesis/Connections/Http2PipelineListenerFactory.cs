using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Kcl.LocalKinesis.Connections;

/// <summary>Listens for <see cref="Http2PipelineEndPoint"/>: accepts nothing until it is stopped.</summary>
internal sealed class Http2PipelineListenerFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is Http2PipelineEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener(endpoint));

    private sealed class Listener(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_stopped.Task);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _ = _stopped.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync(CancellationToken.None);
    }
}
