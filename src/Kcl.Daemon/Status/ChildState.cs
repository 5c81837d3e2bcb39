namespace Kcl.Daemon;

/// <summary>What the child of a shard is at.</summary>
public enum ChildState
{
    /// <summary>There is none: not yet, not any more, or not now.</summary>
    None,

    /// <summary>It was started and has not answered <c>initialize</c> yet.</summary>
    Starting,

    /// <summary>It waits for records.</summary>
    Ready,

    /// <summary>It has a batch to answer.</summary>
    Processing,

    /// <summary>It has checkpointed the end of its shard.</summary>
    ShardEnded,
}
