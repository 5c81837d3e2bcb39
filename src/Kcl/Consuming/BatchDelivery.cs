using Kcl.Processing;
using Kcl.Retrieval;

namespace Kcl.Consuming;

/// <summary>Delivers the batches of one shard to its processor.</summary>
/// <param name="context">The shard.</param>
/// <param name="progress">Tracks the progress.</param>
/// <param name="retry">Decides what happens after a failure.</param>
internal sealed class BatchDelivery(ShardContext context, ShardProgress progress, ShardRetryPolicy retry)
{
    private bool _delivering;

    /// <summary>Gets a value indicating whether a batch is being delivered.</summary>
    public bool IsDelivering => Volatile.Read(ref _delivering);

    /// <summary>Delivers a batch, again after failures, until it is processed or something else must happen.</summary>
    /// <returns>What must happen instead; null if the batch was processed.</returns>
    public async ValueTask<ShardConsumerSignal?> DeliverAsync(ProcessorSession session, RecordBatch batch)
    {
        Volatile.Write(ref _delivering, true);
        var signal = await DeliverBatchAsync(session, batch).ConfigureAwait(false);
        Volatile.Write(ref _delivering, false);
        return signal;
    }

    private async ValueTask<ShardConsumerSignal?> DeliverBatchAsync(ProcessorSession session, RecordBatch batch)
    {
        progress.OnDelivering(batch.Last, batch.MillisBehindLatest);
        if (batch.MillisBehindLatest is { } lag)
        {
            context.Metrics.Lag(lag);
        }

        if (batch.Records.Count == 0 && (batch.IsShardEnd || !context.Settings.DeliverEmptyBatches))
        {
            return null;
        }

        var input = new ProcessRecordsInput(batch.Records, batch.MillisBehindLatest, session.Checkpointer);
        for (var hadFailed = false; ; hadFailed = true)
        {
            if (batch.Last is { } last)
            {
                session.Checkpointer.BeginDelivery(batch.Records[0].Position, last);
                session.Delivered = last;
            }

            var call = await session.Processor.ProcessRecordsAsync(input, context.Tokens.Working).ConfigureAwait(false);
            session.Checkpointer.EndDelivery(call.IsCompleted);
            switch (call.Status)
            {
                case ProcessorCallStatus.Completed:
                    var bytes = batch.PayloadBytes;
                    context.Metrics.Processed(batch.Records.Count, bytes, call.Elapsed);
                    progress.OnProcessed(batch.Records.Count, bytes, batch.Last, hadFailed);
                    return null;
                case ProcessorCallStatus.Unusable:
                    return ShardConsumerSignal.ProcessorUnusable;
                default:
                    // If the call was canceled by a stop, the batch was not processed, and the next owner of the shard gets it again.
                    if (retry.GetInterruption() is { } interruption)
                    {
                        return interruption;
                    }

                    if (await retry.PauseAsync("processing records").ConfigureAwait(false) is { } signal)
                    {
                        return signal;
                    }

                    break;
            }
        }
    }
}
