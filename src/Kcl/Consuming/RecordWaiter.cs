namespace Kcl.Consuming;

/// <summary>Waits for the next records of one shard, and restarts or gives up a retrieval that has stalled.</summary>
/// <param name="context">The shard.</param>
/// <param name="sessions">The sessions of the shard.</param>
/// <param name="retry">Decides what interrupts the wait.</param>
internal sealed class RecordWaiter(ShardContext context, ProcessorSessionFactory sessions, ShardRetryPolicy retry)
{
    private readonly TimeProvider _time = context.Services.Time;

    /// <summary>Waits until there may be records.</summary>
    /// <returns>What must happen instead; null if there may be records.</returns>
    public async ValueTask<ShardConsumerSignal?> WaitAsync(ProcessorSession session)
    {
        for (var started = _time.GetTimestamp(); ;)
        {
            using var check = new CancellationTokenSource(StallDetector.Interval, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(
                context.Tokens.Halted, session.Processor.Unusable, check.Token);
            try
            {
                await session.Source.WaitToReadAsync(either.Token).ConfigureAwait(false);
                return null;
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                if (retry.GetInterruption() is { } interruption)
                {
                    return interruption;
                }

                if (session.Processor.Unusable.IsCancellationRequested)
                {
                    return null;
                }
            }

            var waiting = _time.GetElapsedTime(started);
            var idle = context.Settings.IdleTimeBetweenReads;
            switch (StallDetector.Evaluate(waiting, sessions.SinceSourceResponse, sessions.SinceSessionResponse, idle))
            {
                case StallAction.RestartRetrieval:
                    context.Metrics.RetrievalRestarted();
                    context.Services.Logger.RetrievalRestarted(context.ShardId, sessions.SinceSourceResponse);
                    await sessions.RestartRetrievalAsync().ConfigureAwait(false);
                    break;
                case StallAction.Release:
                    context.Metrics.GaveUp();
                    context.Services.Logger.RetrievalGaveUp(
                        context.ShardId, sessions.SinceSessionResponse, context.Lease.Current.Checkpoint);
                    return ShardConsumerSignal.GaveUp;
            }
        }
    }
}
