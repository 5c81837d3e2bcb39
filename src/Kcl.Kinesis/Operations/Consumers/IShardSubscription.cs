namespace Kcl.Kinesis;

/// <summary>A subscription to one shard. The service pushes events for at most five minutes, and not faster than they are read.</summary>
public interface IShardSubscription : IAsyncDisposable
{
    /// <summary>
    /// Waits for the next event. Not safe for concurrent use. The service pauses while the window of the connection is full.
    /// </summary>
    /// <param name="cancellationToken">Cancels the read. After that, the subscription can only be disposed.</param>
    /// <returns>
    /// The event, which the caller must dispose; null after the service has ended the subscription: after five minutes, or at the end of
    /// the shard.
    /// </returns>
    /// <exception cref="KinesisException">
    /// The service ended the subscription with an error, the connection broke, or a message was not valid.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask<SubscribeToShardEvent?> ReadAsync(CancellationToken cancellationToken);
}
