namespace Kcl.Kinesis;

/// <summary>A subscription to one shard. The service pushes for at most five minutes, and no faster than events are read.</summary>
public interface IShardSubscription : IAsyncDisposable
{
    /// <summary>
    /// Waits for the next event. Not safe for concurrent use. The service stops sending when the connection's window is full.
    /// </summary>
    /// <param name="cancellationToken">Cancels the read. The subscription can only be disposed afterwards.</param>
    /// <returns>
    /// The event, for the caller to dispose; null after the service ended the subscription: after five minutes, or at the end of the shard.
    /// </returns>
    /// <exception cref="KinesisException">
    /// The service ended the subscription with an error, the connection broke, or a message was not valid.
    /// </exception>
    ValueTask<SubscribeToShardEvent?> ReadAsync(CancellationToken cancellationToken);
}
