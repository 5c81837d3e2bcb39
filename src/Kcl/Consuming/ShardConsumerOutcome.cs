namespace Kcl.Consuming;

/// <summary>Specifies why a shard's consumer ended.</summary>
internal enum ShardConsumerOutcome
{
    /// <summary>The lease was lost. Nothing was written after that.</summary>
    LeaseLost,

    /// <summary>A stop was requested. The lease is still held and must be released.</summary>
    Stopped,

    /// <summary>The shard was consumed to its end, and <c>SHARD_END</c> is checkpointed.</summary>
    ShardEnded,

    /// <summary>The consumer gave up without progress. The lease must be released so that another worker can try.</summary>
    GaveUp,
}
