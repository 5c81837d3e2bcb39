namespace Kcl.Daemon.Status;

/// <summary>The state of a shard's child.</summary>
public enum ChildState
{
    /// <summary>There is no child.</summary>
    None,

    /// <summary>The child was started and has not answered <c>initialize</c> yet.</summary>
    Starting,

    /// <summary>The child waits for records.</summary>
    Ready,

    /// <summary>The child processes a batch.</summary>
    Processing,

    /// <summary>The child has checkpointed the end of its shard.</summary>
    ShardEnded,
}
