namespace Kcl.Kinesis.FanOut;

/// <summary>What a registered consumer is doing.</summary>
public enum StreamConsumerStatus
{
    /// <summary>Being registered; it cannot subscribe yet.</summary>
    Creating,

    /// <summary>Being removed.</summary>
    Deleting,

    /// <summary>Ready to subscribe.</summary>
    Active,
}

/// <summary>A registered fan-out consumer of a stream.</summary>
/// <param name="Name">Its name, of which a stream has one.</param>
/// <param name="Arn">Its ARN, which a subscription names.</param>
/// <param name="Status">What it is doing.</param>
/// <param name="CreationTimestamp">When it was registered.</param>
public sealed record StreamConsumer(string Name, ConsumerArn Arn, StreamConsumerStatus Status, DateTimeOffset CreationTimestamp);

/// <summary>One page of consumers.</summary>
/// <param name="Consumers">The consumers.</param>
/// <param name="NextToken">Asks for the next page; null on the last.</param>
public sealed record ListStreamConsumersPage(IReadOnlyList<StreamConsumer> Consumers, string? NextToken);
