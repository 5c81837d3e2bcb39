namespace Kcl.Consuming;

/// <summary>What ends a state of a shard's life.</summary>
internal enum ShardConsumerSignal
{
    /// <summary>Every parent is finished.</summary>
    ParentsFinished,

    /// <summary>The processor is initialised.</summary>
    Started,

    /// <summary>Every record of an ended shard was processed; or the lease says so already.</summary>
    ShardExhausted,

    /// <summary>The lease is lost.</summary>
    LeaseLost,

    /// <summary>An orderly stop was asked for.</summary>
    StopRequested,

    /// <summary>The processor was closed and a new one is wanted, at the last checkpoint.</summary>
    ProcessorUnusable,

    /// <summary>Too many failures without progress.</summary>
    GaveUp,

    /// <summary>The processor had its last call.</summary>
    ProcessorClosed,
}

/// <summary>Which state follows which. Total and pure.</summary>
internal static class ShardConsumerTransitions
{
    /// <summary>The state after a signal. A signal that is late, repeated or out of place changes nothing.</summary>
    public static ShardConsumerState Next(ShardConsumerState state, ShardConsumerSignal signal) => (state, signal) switch
    {
        (ShardConsumerState.Ended, _) => ShardConsumerState.Ended,
        (_, ShardConsumerSignal.ProcessorClosed) => ShardConsumerState.Ended,

        (ShardConsumerState.WaitingForParents, ShardConsumerSignal.ParentsFinished) => ShardConsumerState.Starting,

        // There is no processor yet that would have to be told.
        (ShardConsumerState.WaitingForParents, ShardConsumerSignal.LeaseLost or ShardConsumerSignal.StopRequested or ShardConsumerSignal.GaveUp) => ShardConsumerState.Ended,
        (ShardConsumerState.WaitingForParents, ShardConsumerSignal.ShardExhausted) => ShardConsumerState.Draining,

        (ShardConsumerState.Starting, ShardConsumerSignal.Started) => ShardConsumerState.Processing,

        // The same for a processor that fails while it drains: what it had not checkpointed must be seen by its successor.
        (ShardConsumerState.Processing or ShardConsumerState.Draining, ShardConsumerSignal.ProcessorUnusable) => ShardConsumerState.Starting,

        (ShardConsumerState.Starting or ShardConsumerState.Processing,
            ShardConsumerSignal.LeaseLost or ShardConsumerSignal.StopRequested or ShardConsumerSignal.ShardExhausted or ShardConsumerSignal.GaveUp) => ShardConsumerState.Draining,
        _ => state,
    };

    /// <summary>How a life ended that a signal ended.</summary>
    /// <param name="reason">The signal that led out of the work.</param>
    /// <param name="leaseLost">Whether the lease was lost by then, for whatever reason the work ended.</param>
    /// <param name="shardEndStored">Whether the end of the shard is checkpointed.</param>
    public static ShardConsumerOutcome Outcome(ShardConsumerSignal reason, bool leaseLost, bool shardEndStored) => reason switch
    {
        ShardConsumerSignal.ShardExhausted when shardEndStored => ShardConsumerOutcome.ShardEnded,
        _ when leaseLost => ShardConsumerOutcome.LeaseLost,
        ShardConsumerSignal.StopRequested => ShardConsumerOutcome.Stopped,
        _ => ShardConsumerOutcome.GaveUp,
    };
}
