using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Processing;
using Microsoft.Extensions.Logging;

namespace Kcl.Consuming;

/// <summary>
/// Runs the states of a shard's consumer, one after the other, on one task. Each state ends with a signal that selects the next.
/// </summary>
internal sealed class ShardConsumerLoop
{
    private readonly ShardContext _context;
    private readonly IHeldLease _lease;
    private readonly ILogger _logger;
    private readonly CancellationToken _working;
    private readonly CancellationToken _halted;
    private readonly ShardProgress _progress = new();
    private readonly ShardRetryPolicy _retry;
    private readonly ProcessorSessionFactory _sessions;
    private readonly RecordWaiter _waiter;
    private readonly BatchDelivery _delivery;
    private IReadOnlyList<ChildShard> _children = [];
    private bool _isEndAcknowledged;

    /// <param name="context">The shard.</param>
    public ShardConsumerLoop(ShardContext context)
    {
        _context = context;
        _lease = context.Lease;
        _logger = context.Services.Logger;
        _working = context.Tokens.Working;
        _halted = context.Tokens.Halted;
        _retry = new ShardRetryPolicy(context, _progress);
        _sessions = new ProcessorSessionFactory(context);
        _waiter = new RecordWaiter(context, _sessions, _retry);
        _delivery = new BatchDelivery(context, _progress, _retry);
    }

    /// <summary>Gets the status.</summary>
    public ShardConsumerStatus Status
    {
        get
        {
            // If nothing is being delivered, the lag is that of the last response, even if it had no records.
            var status = _progress.Status;
            return !_delivery.IsDelivering && _sessions.Current?.Source is { IsDrained: true, MillisBehindLatest: { } lag }
                ? status with { MillisBehindLatest = lag }
                : status;
        }
    }

    /// <summary>Runs the shard until it ends or the lease is lost. Never throws: failures stay within the shard.</summary>
    public async Task<ShardConsumerOutcome> RunAsync()
    {
        var outcome = ShardConsumerOutcome.GaveUp;
        Exception? defect = null;
        try
        {
            try
            {
                outcome = await RunStatesAsync().ConfigureAwait(false);
            }
            finally
            {
                await _sessions.CloseAsync().ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // The coordination must get an outcome, not an exception.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            defect = exception;
        }

        _progress.Enter(ShardConsumerState.Ended);
        LogEnd(outcome, defect);
        return outcome;
    }

    private void LogEnd(ShardConsumerOutcome outcome, Exception? defect)
    {
        try
        {
            if (defect is not null)
            {
                _logger.ConsumerBroke(defect, _context.ShardId);
            }

            _logger.ConsumerEnded(_context.ShardId, outcome, _lease.Current.Checkpoint);
        }
#pragma warning disable CA1031 // The defect may be in the logger itself.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private async ValueTask<ShardConsumerOutcome> RunStatesAsync()
    {
        var reason = ShardConsumerSignal.StopRequested;
        while (_progress.State is var state && state != ShardConsumerState.Ended)
        {
            var signal = state switch
            {
                ShardConsumerState.WaitingForParents => await WaitForParentsAsync().ConfigureAwait(false),
                ShardConsumerState.Starting => await StartProcessorAsync().ConfigureAwait(false),
                ShardConsumerState.Processing => await ProcessAsync().ConfigureAwait(false),
                _ => await DrainAsync(reason).ConfigureAwait(false),
            };

            // A signal that interrupts the drain becomes the reason.
            reason = signal == ShardConsumerSignal.ProcessorClosed ? reason : signal;
            _progress.Enter(ShardConsumerTransitions.Next(state, signal));
        }

        var ended = _lease.Current.Checkpoint.IsShardEnd;
        return ShardConsumerTransitions.GetOutcome(reason, !_lease.IsHeld, ended);
    }

    private async ValueTask<ShardConsumerSignal> WaitForParentsAsync()
    {
        if (_lease.Current.Checkpoint.IsShardEnd)
        {
            return ShardConsumerSignal.ShardExhausted;
        }

        var signal = await _retry.RetryUntilDoneAsync(
            "waiting for its parents",
            token => _context.Coordination.WhenParentsFinishedAsync(_lease.Current, token),
            _halted).ConfigureAwait(false);
        return signal ?? ShardConsumerSignal.ParentsFinished;
    }

    private async ValueTask<ShardConsumerSignal> StartProcessorAsync()
    {
        while (_retry.GetInterruption() is not { } interruption)
        {
            var session = _sessions.OpenOrCurrent();
            var row = _lease.Current;
            var input = new InitializationInput(
                _context.ShardId, session.Checkpointer.Last, row.PendingCheckpoint, row.PendingCheckpointState ?? default);
            var call = await session.Processor.InitializeAsync(input, _working).ConfigureAwait(false);
            if (call.IsCompleted)
            {
                _logger.ProcessingStarted(_context.ShardId, _sessions.DescribeStart());
                return ShardConsumerSignal.Started;
            }

            // A replaced processor is initialized like the first one, in the same state.
            var signal = call.Status == ProcessorCallStatus.Unusable
                ? await ReplaceAsync("initializing").ConfigureAwait(false)
                : await _retry.PauseAsync("initializing").ConfigureAwait(false);
            if (signal is not (null or ShardConsumerSignal.ProcessorUnusable))
            {
                return signal.Value;
            }
        }

        return _retry.GetInterruption()!.Value;
    }

    private async ValueTask<ShardConsumerSignal> ProcessAsync()
    {
        var session = _sessions.Current!;
        while (true)
        {
            if (_retry.GetInterruption() is { } interruption)
            {
                return interruption;
            }

            if (session.Processor.Unusable.IsCancellationRequested)
            {
                return await ReplaceAsync("waiting for records").ConfigureAwait(false);
            }

            if (!session.Source.TryRead(out var batch))
            {
                if (await _waiter.WaitAsync(session).ConfigureAwait(false) is { } instead)
                {
                    return instead;
                }

                continue;
            }

            using (batch)
            {
                if (await _delivery.DeliverAsync(session, batch).ConfigureAwait(false) is { } signal)
                {
                    return signal == ShardConsumerSignal.ProcessorUnusable
                        ? await ReplaceAsync("processing records").ConfigureAwait(false)
                        : signal;
                }

                if (batch.IsShardEnd)
                {
                    _children = batch.ChildShards;
                    return ShardConsumerSignal.ShardExhausted;
                }
            }
        }
    }

    /// <summary>
    /// Calls <c>ShardEndedAsync</c> if the shard is exhausted; otherwise <c>ShutdownRequestedAsync</c>, if the lease is still held, and
    /// <c>LeaseLostAsync</c>.
    /// </summary>
    private async ValueTask<ShardConsumerSignal> DrainAsync(ShardConsumerSignal reason)
    {
        if (reason == ShardConsumerSignal.ShardExhausted)
        {
            if (await CompleteShardAsync().ConfigureAwait(false) is { } instead)
            {
                return instead;
            }
        }
        else if (_sessions.Current is { Processor.IsInitialized: true } session && !_isEndAcknowledged)
        {
            if (reason == ShardConsumerSignal.StopRequested && !_lease.Lost.IsCancellationRequested)
            {
                var input = new ShutdownRequestedInput(session.Checkpointer);
                await session.Processor.ShutdownRequestedAsync(input, _working).ConfigureAwait(false);
            }

            session.Checkpointer.Close("its processor was notified that the lease is lost");
            await session.Processor.LeaseLostAsync(new LeaseLostInput(), _context.Tokens.Abort).ConfigureAwait(false);
        }

        await _sessions.CloseAsync().ConfigureAwait(false);
        return ShardConsumerSignal.ProcessorClosed;
    }

    /// <summary>
    /// Creates the children's leases, calls the processor for the last time, and then checkpoints the end. If the worker crashes in
    /// between, the next owner completes the shard.
    /// </summary>
    /// <returns>What must happen instead; null if the shard is complete.</returns>
    private async ValueTask<ShardConsumerSignal?> CompleteShardAsync()
    {
        var instead = await _retry.RetryUntilDoneAsync(
            "creating its children's leases",
            token => _context.Coordination.CreateChildLeasesAsync(_lease, _children, token),
            _halted).ConfigureAwait(false);
        if (instead is not null || _sessions.Current is not { } session)
        {
            return instead;
        }

        session.Checkpointer.BeginShardEnd();
        while (true)
        {
            var call = await session.Processor.ShardEndedAsync(new ShardEndedInput(session.Checkpointer), _working).ConfigureAwait(false);
            if (call.IsCompleted)
            {
                break;
            }

            if (call.Status == ProcessorCallStatus.Unusable)
            {
                return await ReplaceAsync("ending the shard").ConfigureAwait(false);
            }

            if (_retry.GetInterruption() is { } interruption)
            {
                return interruption;
            }

            if (await _retry.PauseAsync("ending the shard").ConfigureAwait(false) is { } signal)
            {
                return signal;
            }
        }

        // Returning from the call completes the shard. If the processor has already checkpointed the end, nothing is written here.
        _isEndAcknowledged = true;
        return await _retry.RetryUntilDoneAsync(
            "checkpointing its end", token => session.Checkpointer.CheckpointAsync(token), _working).ConfigureAwait(false);
    }

    /// <summary>Closes the processor with everything that was read for it, and pauses before it is replaced.</summary>
    private async ValueTask<ShardConsumerSignal> ReplaceAsync(string doing)
    {
        await _sessions.CloseAsync().ConfigureAwait(false);
        _progress.OnReplaced();
        _context.Metrics.ProcessorReplaced();
        _logger.ProcessorReplaced(_context.ShardId, _lease.Current.Checkpoint);
        return await _retry.PauseAsync(doing).ConfigureAwait(false) ?? ShardConsumerSignal.ProcessorUnusable;
    }
}
