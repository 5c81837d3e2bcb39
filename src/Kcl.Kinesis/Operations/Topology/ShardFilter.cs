namespace Kcl.Kinesis;

/// <summary>A filter for <c>ListShards</c>.</summary>
/// <param name="Type">What is listed.</param>
/// <param name="Timestamp">The instant; required by the two types that name one, and only by them.</param>
/// <param name="ShardId">The shard; required by <see cref="ShardFilterType.AfterShardId"/>, and only by it.</param>
public sealed record ShardFilter(ShardFilterType Type, DateTimeOffset? Timestamp = null, ShardId? ShardId = null);
