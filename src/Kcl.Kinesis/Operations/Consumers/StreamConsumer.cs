namespace Kcl.Kinesis;

/// <summary>A registered fan-out consumer of a stream.</summary>
/// <param name="Name">Its name, of which a stream has one.</param>
/// <param name="Arn">Its ARN, which a subscription names.</param>
/// <param name="Status">What it is doing.</param>
/// <param name="CreationTimestamp">When it was registered.</param>
public sealed record StreamConsumer(string Name, ConsumerArn Arn, StreamConsumerStatus Status, DateTimeOffset CreationTimestamp);
