namespace Kcl.Kinesis;

/// <summary>A registered fan-out consumer of a stream.</summary>
public sealed record StreamConsumer
{
    /// <summary>Gets the name, which is unique within the stream.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the ARN, which identifies the consumer in a subscription.</summary>
    public required ConsumerArn Arn { get; init; }

    /// <summary>Gets the status.</summary>
    public required StreamConsumerStatus Status { get; init; }

    /// <summary>Gets the time at which the consumer was registered.</summary>
    public required DateTimeOffset CreationTimestamp { get; init; }
}
