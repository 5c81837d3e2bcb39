namespace Kcl.Consuming;

/// <summary>Specifies the event that ends a state of a shard's consumer.</summary>
internal enum ShardConsumerSignal
{
    /// <summary>Every parent is finished.</summary>
    ParentsFinished,

    /// <summary>The processor is initialized.</summary>
    Started,

    /// <summary>Every record of an ended shard was processed, or the lease is already at <c>SHARD_END</c>.</summary>
    ShardExhausted,

    /// <summary>The lease is lost.</summary>
    LeaseLost,

    /// <summary>An orderly stop was requested.</summary>
    StopRequested,

    /// <summary>The processor was closed. Its replacement must start at the last checkpoint.</summary>
    ProcessorUnusable,

    /// <summary>There were too many failures without progress.</summary>
    GaveUp,

    /// <summary>The processor had its last call.</summary>
    ProcessorClosed,
}
