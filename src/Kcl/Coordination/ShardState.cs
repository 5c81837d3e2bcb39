namespace Kcl;

/// <summary>Specifies what a worker knows about a shard.</summary>
public enum ShardState
{
    /// <summary>No worker owns the shard.</summary>
    Unowned,

    /// <summary>Another worker owns the shard.</summary>
    OnAnotherWorker,

    /// <summary>This worker owns the shard, and waits until the shard's parents are finished.</summary>
    WaitingForParents,

    /// <summary>This worker owns the shard, and initializes its processor.</summary>
    Starting,

    /// <summary>This worker reads the shard.</summary>
    Processing,

    /// <summary>This worker is about to release the shard.</summary>
    Stopping,

    /// <summary>The shard was consumed to its end.</summary>
    Finished,
}
