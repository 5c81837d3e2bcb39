namespace Kcl.LocalKinesis.FanOut;

/// <summary>The key of a subscription: at most one is active per consumer and shard.</summary>
/// <param name="Generation">The generation of the stream.</param>
/// <param name="Consumer">The name of the consumer.</param>
/// <param name="ConsumerCreatedAt">
/// The time at which the consumer was registered, in milliseconds since the Unix epoch; it distinguishes consumers of the same name.
/// </param>
/// <param name="ShardIndex">The index of the shard.</param>
internal readonly record struct SubscriptionKey(long Generation, string Consumer, long ConsumerCreatedAt, int ShardIndex);
