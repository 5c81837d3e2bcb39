namespace Kcl.Kinesis;

/// <summary>The operations of enhanced fan-out: the service pushes records to consumers, each with its own throughput.</summary>
/// <remarks>
/// Every method throws a <see cref="KinesisException"/> if the call fails. <see cref="IKinesisClient.FanOut"/> returns these operations.
/// </remarks>
public interface IFanOutClient
{
    /// <summary>Registers a consumer. It can subscribe once its status is <see cref="StreamConsumerStatus.Active"/>.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="consumerName">The consumer's name: 1 to 128 characters from <c>a-z A-Z 0-9 _ . -</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="KinesisException">
    /// The call failed. The code is <see cref="KinesisErrorCode.ResourceInUse"/> if the consumer exists, and
    /// <see cref="KinesisErrorCode.LimitExceeded"/> if too many consumers exist or are being registered.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<StreamConsumer> RegisterStreamConsumerAsync(StreamArn stream, string consumerName, CancellationToken cancellationToken = default);

    /// <summary>Describes a consumer by name.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="consumerName">The consumer's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<StreamConsumer> DescribeStreamConsumerAsync(StreamArn stream, string consumerName, CancellationToken cancellationToken = default);

    /// <summary>Describes a consumer by ARN.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<StreamConsumer> DescribeStreamConsumerAsync(ConsumerArn consumer, CancellationToken cancellationToken = default);

    /// <summary>Lists one page of the consumers of a stream.</summary>
    /// <param name="request">The stream and the page to list.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<ListStreamConsumersPage> ListStreamConsumersAsync(
        ListStreamConsumersRequest request, CancellationToken cancellationToken = default);

    /// <summary>Removes a consumer; its subscriptions end.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task DeregisterStreamConsumerAsync(ConsumerArn consumer, CancellationToken cancellationToken = default);

    /// <summary>
    /// Subscribes to a shard, over HTTP/2. Failures are not retried: the service limits the rate of subscriptions, and the caller must
    /// comply with the limit.
    /// </summary>
    /// <param name="request">The consumer, the shard and the position.</param>
    /// <param name="cancellationToken">Cancels the call. It has no effect after the call has returned.</param>
    /// <returns>The subscription. Its first read may throw an error of the service.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    Task<IShardSubscription> SubscribeToShardAsync(SubscribeToShardRequest request, CancellationToken cancellationToken = default);
}
