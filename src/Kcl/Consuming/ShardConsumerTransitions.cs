namespace Kcl.Consuming;

/// <summary>Decides which state follows a signal. Pure functions, defined for every state and signal.</summary>
internal static class ShardConsumerTransitions
{
    /// <summary>Returns the state after a signal. A signal that is late, repeated or not expected in the state changes nothing.</summary>
    public static ShardConsumerState Next(ShardConsumerState state, ShardConsumerSignal signal) => (state, signal) switch
    {
        (ShardConsumerState.Ended, _) => ShardConsumerState.Ended,
        (_, ShardConsumerSignal.ProcessorClosed) => ShardConsumerState.Ended,

        (ShardConsumerState.WaitingForParents, ShardConsumerSignal.ParentsFinished) => ShardConsumerState.Starting,

        // There is no processor to notify yet.
        (ShardConsumerState.WaitingForParents,
            ShardConsumerSignal.LeaseLost or ShardConsumerSignal.StopRequested or ShardConsumerSignal.GaveUp) => ShardConsumerState.Ended,
        (ShardConsumerState.WaitingForParents, ShardConsumerSignal.ShardExhausted) => ShardConsumerState.Draining,

        (ShardConsumerState.Starting, ShardConsumerSignal.Started) => ShardConsumerState.Processing,

        // This also applies to a processor that fails during its last calls: its replacement must get the records that were not
        // checkpointed.
        (ShardConsumerState.Processing or ShardConsumerState.Draining, ShardConsumerSignal.ProcessorUnusable) =>
            ShardConsumerState.Starting,

        (ShardConsumerState.Starting or ShardConsumerState.Processing,
            ShardConsumerSignal.LeaseLost or ShardConsumerSignal.StopRequested
            or ShardConsumerSignal.ShardExhausted or ShardConsumerSignal.GaveUp) => ShardConsumerState.Draining,
        _ => state,
    };

    /// <summary>Returns the outcome of a consumer.</summary>
    /// <param name="reason">The signal that ended the processing.</param>
    /// <param name="leaseLost">Whether the lease is lost, even if something else ended the processing.</param>
    /// <param name="shardEndStored">Whether the end of the shard is checkpointed.</param>
    public static ShardConsumerOutcome GetOutcome(ShardConsumerSignal reason, bool leaseLost, bool shardEndStored) => reason switch
    {
        ShardConsumerSignal.ShardExhausted when shardEndStored => ShardConsumerOutcome.ShardEnded,
        _ when leaseLost => ShardConsumerOutcome.LeaseLost,
        ShardConsumerSignal.StopRequested => ShardConsumerOutcome.Stopped,
        _ => ShardConsumerOutcome.GaveUp,
    };
}
