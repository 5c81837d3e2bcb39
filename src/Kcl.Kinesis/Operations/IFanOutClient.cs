namespace Kcl.Kinesis;

/// <summary>The operations of enhanced fan-out: the service pushes records to consumers, each with its own throughput.</summary>
/// <remarks>
/// Every method throws a <see cref="KinesisException"/> if the call fails. <see cref="IKinesisClient.FanOut"/> returns these operations.
/// </remarks>
public interface IFanOutClient
{
    /// <summary>Registers a consumer. It can subscribe once its status is <see cref="StreamConsumerStatus.Active"/>.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="consumerName">The consumer's name: 1 to 128 of <c>a-z A-Z 0-9 _ . -</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="KinesisException">
    /// The call failed; with <see cref="KinesisErrorCode.ResourceInUse"/> if the consumer exists, with
    /// <see cref="KinesisErrorCode.LimitExceeded"/> if there are too many, or too many are being registered.
    /// </exception>
    Task<StreamConsumer> RegisterStreamConsumerAsync(StreamArn stream, string consumerName, CancellationToken cancellationToken = default);

    /// <summary>Describes a consumer by name.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="consumerName">The consumer's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<StreamConsumer> DescribeStreamConsumerAsync(StreamArn stream, string consumerName, CancellationToken cancellationToken = default);

    /// <summary>Describes a consumer by ARN.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<StreamConsumer> DescribeStreamConsumerAsync(ConsumerArn consumer, CancellationToken cancellationToken = default);

    /// <summary>Lists a stream's consumers, one page.</summary>
    /// <param name="request">The stream, or the page.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<ListStreamConsumersPage> ListStreamConsumersAsync(
        ListStreamConsumersRequest request, CancellationToken cancellationToken = default);

    /// <summary>Removes a consumer; its subscriptions end.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task DeregisterStreamConsumerAsync(ConsumerArn consumer, CancellationToken cancellationToken = default);

    /// <summary>
    /// Subscribes to a shard, over HTTP/2. Failures are not retried: the service limits the rate of subscriptions, and the caller must keep
    /// it.
    /// </summary>
    /// <param name="request">The consumer, the shard and the position.</param>
    /// <param name="cancellationToken">Cancels the call; without effect once it has returned.</param>
    /// <returns>The subscription. Its first read may throw an error of the service.</returns>
    Task<IShardSubscription> SubscribeToShardAsync(SubscribeToShardRequest request, CancellationToken cancellationToken = default);
}
