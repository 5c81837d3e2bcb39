namespace Kcl.Kinesis;

/// <summary>A subscription to one shard: the service pushes for at most five minutes, and no faster than events are read here.</summary>
public interface IShardSubscription : IAsyncDisposable
{
    /// <summary>Waits for the next event. One caller at a time; whoever doesn't call holds the service back once the connection's window is full.</summary>
    /// <param name="cancellationToken">Ends the subscription: after a cancelled call it can only be disposed.</param>
    /// <returns>The event, for the caller to dispose; null when the service has ended the subscription, which it does after five minutes and at the end of a shard.</returns>
    /// <exception cref="KinesisException">The service ended it with an error, the connection broke, or what came was not an event.</exception>
    ValueTask<SubscribeToShardEvent?> ReadAsync(CancellationToken cancellationToken);
}
