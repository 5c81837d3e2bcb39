using System.Diagnostics.CodeAnalysis;

namespace Kcl.Kinesis;

/// <summary>One call of <c>SubscribeToShard</c>.</summary>
public sealed record SubscribeToShardRequest
{
    /// <summary>Creates a request whose properties are set by an object initializer.</summary>
    public SubscribeToShardRequest()
    {
    }

    /// <summary>Creates a request.</summary>
    /// <param name="consumerArn">The consumer.</param>
    /// <param name="shardId">The shard.</param>
    /// <param name="position">The position of the first record.</param>
    [SetsRequiredMembers]
    public SubscribeToShardRequest(ConsumerArn consumerArn, ShardId shardId, StartingPosition position)
    {
        ConsumerArn = consumerArn;
        ShardId = shardId;
        Position = position;
    }

    /// <summary>Gets the consumer; it must be <see cref="StreamConsumerStatus.Active"/>.</summary>
    public required ConsumerArn ConsumerArn { get; init; }

    /// <summary>Gets the shard.</summary>
    public required ShardId ShardId { get; init; }

    /// <summary>Gets the position of the first record.</summary>
    public required StartingPosition Position { get; init; }

    /// <summary>
    /// Gets a value indicating whether the buffers of events are rented from a pool. If they are, an event's records are valid only until
    /// the event is disposed.
    /// </summary>
    public bool ReuseBuffers { get; init; }
}
