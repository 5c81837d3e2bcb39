using System.Collections.Concurrent;

namespace Kcl.Daemon.Status;

/// <summary>Holds the activity of the children of every shard.</summary>
internal sealed class ChildActivityRegistry
{
    private readonly ConcurrentDictionary<ShardRef, ChildActivity> _activities = new();

    /// <summary>Returns the activity to which the children of a shard report.</summary>
    /// <param name="shard">The shard.</param>
    public ChildActivity GetOrAdd(ShardRef shard) => _activities.GetOrAdd(shard, static _ => new());

    /// <summary>Returns the status of a shard's child.</summary>
    /// <param name="shard">The shard.</param>
    public ChildStatus GetStatus(ShardRef shard) => _activities.TryGetValue(shard, out var activity) ? activity.Status : ChildStatus.None;
}
