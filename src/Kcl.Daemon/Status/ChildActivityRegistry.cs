using System.Collections.Concurrent;

namespace Kcl.Daemon;

/// <summary>What is known of every shard's children.</summary>
internal sealed class ChildActivityRegistry
{
    private readonly ConcurrentDictionary<ShardId, ChildActivity> _children = new();

    /// <summary>Where a shard's children report to.</summary>
    public ChildActivity Of(ShardId shardId) => _children.GetOrAdd(shardId, static _ => new());

    /// <summary>What a shard's child is at.</summary>
    public ChildStatus StatusOf(ShardId shardId) => _children.TryGetValue(shardId, out var activity) ? activity.Status : ChildStatus.None;
}
