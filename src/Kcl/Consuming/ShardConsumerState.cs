namespace Kcl.Consuming;

/// <summary>Specifies the state of a shard's consumer.</summary>
internal enum ShardConsumerState
{
    /// <summary>The shard's parents are not finished.</summary>
    WaitingForParents,

    /// <summary>The processor is being created and initialized.</summary>
    Starting,

    /// <summary>Records are read and processed.</summary>
    Processing,

    /// <summary>The processor gets its last calls.</summary>
    Draining,

    /// <summary>The consumer has ended.</summary>
    Ended,
}
