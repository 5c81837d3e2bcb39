namespace Kcl.Kinesis;

/// <summary>One call of <c>SubscribeToShard</c>.</summary>
/// <param name="ConsumerArn">The consumer; it must be <see cref="StreamConsumerStatus.Active"/>.</param>
/// <param name="ShardId">The shard.</param>
/// <param name="Position">Where reading starts.</param>
/// <param name="ReuseBuffers">
/// Whether the buffers of events are rented from a pool: then an event's records are valid only until it is disposed.
/// </param>
public sealed record SubscribeToShardRequest(
    ConsumerArn ConsumerArn, ShardId ShardId, StartingPosition Position, bool ReuseBuffers = false);
