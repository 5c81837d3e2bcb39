using Kcl.Diagnostics;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Processing;
using Kcl.Retrieval;
using Microsoft.Extensions.Logging;

namespace Kcl.Consuming;

/// <summary>The states of a shard's life in this worker, one after the other, on one task. Each ends with the signal that says which follows.</summary>
internal sealed class ShardConsumerLoop
{
    private readonly IHeldLease _lease;
    private readonly IShardCoordination _coordination;
    private readonly KinesisConsumerOptions _options;
    private readonly TimeProvider _time;
    private readonly ShardId _shardId;
    private readonly ShardMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ShardProgress _progress = new();
    private readonly ShardRetryPolicy _patience;
    private readonly ProcessorSessionFactory _sessions;
    private readonly CancellationToken _working;
    private readonly CancellationToken _halted;
    private readonly CancellationToken _abort;

    private ExtendedSequenceNumber? _deliveredHere;
    private IReadOnlyList<ChildShard> _children = [];
    private bool _acknowledged;
    private bool _delivering;

    /// <param name="lease">The shard's lease, held by this worker.</param>
    /// <param name="coordination">What the coordination does for the shard.</param>
    /// <param name="options">The consumer's frozen options.</param>
    /// <param name="services">What the consumer stands on.</param>
    /// <param name="retrieval">Opens what is read from.</param>
    /// <param name="signals">What may end this life from outside.</param>
    public ShardConsumerLoop(IHeldLease lease, IShardCoordination coordination, KinesisConsumerOptions options, KinesisConsumerServices services, RecordSourceFactory retrieval, ShardLifeSignals signals)
    {
        (_lease, _coordination, _options, _time) = (lease, coordination, options, services.TimeProvider);
        (_working, _halted, _abort) = (signals.Working, signals.Halted, signals.Abort);
        _shardId = lease.Current.ShardId;
        _metrics = new ShardMetrics(options.Stream.Identifier.Name, _shardId);
        _logger = services.LoggerFactory.CreateLogger("Kcl.Consuming");
        _patience = new ShardRetryPolicy(lease, options, services, _progress, _metrics, _logger, signals);
        _sessions = new ProcessorSessionFactory(lease, coordination, options, services, retrieval, _metrics, _logger, _halted);
    }

    public ShardConsumerStatus Status
    {
        get
        {
            // With nothing under way the last answer tells the lag, also one that brought no records.
            var status = _progress.Status;
            return !Volatile.Read(ref _delivering) && _sessions.Current?.Source is { IsDrained: true, MillisBehindLatest: { } lag } ? status with { MillisBehindLatest = lag } : status;
        }
    }

    /// <summary>Lives. Never throws: the fault domain of a shard ends here.</summary>
    public async Task<ShardConsumerOutcome> RunAsync()
    {
        var outcome = ShardConsumerOutcome.GaveUp;
        Exception? defect = null;
        try
        {
            try
            {
                outcome = await LiveAsync().ConfigureAwait(false);
            }
            finally
            {
                await _sessions.CloseAsync().ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // The coordination learns an outcome, never an exception.
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
                _logger.ConsumerBroke(defect, _shardId);
            }

            _logger.ConsumerEnded(_shardId, outcome, _lease.Current.Checkpoint);
        }
#pragma warning disable CA1031 // The defect may be the log itself, and then there is nothing left to do with it.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private async ValueTask<ShardConsumerOutcome> LiveAsync()
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

            // A drain may be overtaken by something stronger, which then is the reason.
            reason = signal == ShardConsumerSignal.ProcessorClosed ? reason : signal;
            _progress.Enter(ShardConsumerTransitions.Next(state, signal));
        }

        var ended = _lease.Current.Checkpoint.IsShardEnd;
        return ShardConsumerTransitions.Outcome(reason, !_lease.IsHeld, ended);
    }

    private async ValueTask<ShardConsumerSignal> WaitForParentsAsync()
    {
        if (_lease.Current.Checkpoint.IsShardEnd)
        {
            return ShardConsumerSignal.ShardExhausted;
        }

        var signal = await _patience.PersistAsync("waiting for its parents", token => _coordination.WhenParentsFinishedAsync(_lease.Current, token), _halted).ConfigureAwait(false);
        return signal ?? ShardConsumerSignal.ParentsFinished;
    }

    private async ValueTask<ShardConsumerSignal> StartProcessorAsync()
    {
        while (_patience.Interruption() is not { } interruption)
        {
            var session = _sessions.OpenOrCurrent();
            var row = _lease.Current;
            var input = new InitializationInput(_shardId, session.Checkpointer.Last, row.PendingCheckpoint, row.PendingCheckpointState ?? default);
            var call = await session.Processor.InitializeAsync(input, _working).ConfigureAwait(false);
            if (call.Completed)
            {
                _logger.ProcessingStarted(_shardId, _sessions.DescribeStart());
                return ShardConsumerSignal.Started;
            }

            // A replaced processor is initialised like the first: that is this state going on, not another.
            var signal = call.Status == ProcessorCallStatus.Unusable
                ? await ReplaceAsync("initializing").ConfigureAwait(false)
                : await _patience.PauseAsync("initializing").ConfigureAwait(false);
            if (signal is not (null or ShardConsumerSignal.ProcessorUnusable))
            {
                return signal.Value;
            }
        }

        return _patience.Interruption()!.Value;
    }

    private async ValueTask<ShardConsumerSignal> ProcessAsync()
    {
        var session = _sessions.Current!;
        while (true)
        {
            if (_patience.Interruption() is { } interruption)
            {
                return interruption;
            }

            if (session.Processor.Unusable.IsCancellationRequested)
            {
                return await ReplaceAsync("waiting for records").ConfigureAwait(false);
            }

            if (!session.Source.TryRead(out var batch))
            {
                if (await WaitForRecordsAsync(session).ConfigureAwait(false) is { } instead)
                {
                    return instead;
                }

                continue;
            }

            using (batch)
            {
                Volatile.Write(ref _delivering, true);
                var signal = await DeliverAsync(session, batch).ConfigureAwait(false);
                Volatile.Write(ref _delivering, false);
                if (signal is not null)
                {
                    return signal.Value;
                }

                if (batch.IsShardEnd)
                {
                    _children = batch.ChildShards;
                    return ShardConsumerSignal.ShardExhausted;
                }
            }
        }
    }

    /// <summary>Waits until there may be records, and looks after a retrieval that brings none.</summary>
    /// <returns>What is to happen instead; null to try and read.</returns>
    private async ValueTask<ShardConsumerSignal?> WaitForRecordsAsync(ProcessorSession session)
    {
        for (var started = _time.GetTimestamp(); ;)
        {
            using var look = new CancellationTokenSource(StallDetector.Interval, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_halted, session.Processor.Unusable, look.Token);
            try
            {
                await session.Source.WaitToReadAsync(either.Token).ConfigureAwait(false);
                return null;
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                if (_patience.Interruption() is { } interruption)
                {
                    return interruption;
                }

                if (session.Processor.Unusable.IsCancellationRequested)
                {
                    return null;
                }
            }

            var waiting = _time.GetElapsedTime(started);
            switch (StallDetector.Judge(waiting, _sessions.SinceAnswer, _sessions.SinceLastAnswer, _options.IdleTimeBetweenReads))
            {
                case ProgressVerdict.RestartRetrieval:
                    _metrics.RetrievalRestarted();
                    _logger.RetrievalRestarted(_shardId, _sessions.SinceAnswer);
                    await _sessions.RestartRetrievalAsync(_deliveredHere).ConfigureAwait(false);
                    break;
                case ProgressVerdict.Release:
                    _metrics.GaveUp();
                    _logger.RetrievalGaveUp(_shardId, _sessions.SinceLastAnswer, _lease.Current.Checkpoint);
                    return ShardConsumerSignal.GaveUp;
            }
        }
    }

    /// <summary>Hands one batch over, again and again until it is processed or something else is to happen.</summary>
    /// <returns>What is to happen instead; null when the batch was processed.</returns>
    private async ValueTask<ShardConsumerSignal?> DeliverAsync(ProcessorSession session, RecordBatch batch)
    {
        _progress.Delivering(batch.Last, batch.MillisBehindLatest);
        if (batch.MillisBehindLatest is { } lag)
        {
            _metrics.Lag(lag);
        }

        if (batch.Records.Count == 0 && (batch.IsShardEnd || !_options.DeliverEmptyBatches))
        {
            return null;
        }

        var input = new ProcessRecordsInput(batch.Records, batch.MillisBehindLatest, session.Checkpointer);
        for (var hadFailed = false; ; hadFailed = true)
        {
            if (batch.Last is { } last)
            {
                session.Checkpointer.Delivering(batch.Records[0].Position, last);
                _deliveredHere = last;
            }

            var call = await session.Processor.ProcessRecordsAsync(input, _working).ConfigureAwait(false);
            session.Checkpointer.Delivered(call.Completed);
            switch (call.Status)
            {
                case ProcessorCallStatus.Completed:
                    var bytes = batch.PayloadBytes;
                    _metrics.Processed(batch.Records.Count, bytes, call.Elapsed);
                    _progress.Processed(batch.Records.Count, bytes, batch.Last, hadFailed);
                    return null;
                case ProcessorCallStatus.Unusable:
                    return await ReplaceAsync("processing records").ConfigureAwait(false);
                default:
                    // Stopping: the batch was not processed, and whoever reads the shard next will see it again.
                    if (_patience.Interruption() is { } interruption)
                    {
                        return interruption;
                    }

                    if (await _patience.PauseAsync("processing records").ConfigureAwait(false) is { } signal)
                    {
                        return signal;
                    }

                    break;
            }
        }
    }

    /// <summary>Completes the shard, or says goodbye.</summary>
    private async ValueTask<ShardConsumerSignal> DrainAsync(ShardConsumerSignal reason)
    {
        if (reason == ShardConsumerSignal.ShardExhausted)
        {
            if (await CompleteShardAsync().ConfigureAwait(false) is { } instead)
            {
                return instead;
            }
        }
        else if (_sessions.Current is { Processor.IsInitialized: true } session && !_acknowledged)
        {
            if (reason == ShardConsumerSignal.StopRequested && !_lease.Lost.IsCancellationRequested)
            {
                await session.Processor.ShutdownRequestedAsync(new ShutdownRequestedInput(session.Checkpointer), _working).ConfigureAwait(false);
            }

            session.Checkpointer.Close("its processor was told that the lease is gone");
            await session.Processor.LeaseLostAsync(new LeaseLostInput(), _abort).ConfigureAwait(false);
        }

        await _sessions.CloseAsync().ConfigureAwait(false);
        return ShardConsumerSignal.ProcessorClosed;
    }

    /// <summary>Children first, then the processor's last call, then the checkpoint: whoever dies in between leaves a shard that its next owner completes.</summary>
    /// <returns>What is to happen instead; null when the shard is complete.</returns>
    private async ValueTask<ShardConsumerSignal?> CompleteShardAsync()
    {
        if (await _patience.PersistAsync("creating its children's leases", token => _coordination.CreateChildLeasesAsync(_lease, _children, token), _halted).ConfigureAwait(false) is { } instead)
        {
            return instead;
        }

        if (_sessions.Current is not { } session)
        {
            return null;
        }

        session.Checkpointer.Ending();
        while (true)
        {
            var call = await session.Processor.ShardEndedAsync(new ShardEndedInput(session.Checkpointer), _working).ConfigureAwait(false);
            if (call.Completed)
            {
                break;
            }

            if (call.Status == ProcessorCallStatus.Unusable)
            {
                return await ReplaceAsync("ending the shard").ConfigureAwait(false);
            }

            if (_patience.Interruption() is { } interruption)
            {
                return interruption;
            }

            if (await _patience.PauseAsync("ending the shard").ConfigureAwait(false) is { } signal)
            {
                return signal;
            }
        }

        // Its return is the acknowledgement; most processors have checkpointed the end themselves, and then this writes nothing.
        _acknowledged = true;
        return await _patience.PersistAsync("checkpointing its end", token => session.Checkpointer.CheckpointAsync(token), _working).ConfigureAwait(false);
    }

    /// <summary>Lets the processor and what was read for it go, and rests before there is a new one.</summary>
    private async ValueTask<ShardConsumerSignal> ReplaceAsync(string doing)
    {
        await _sessions.CloseAsync().ConfigureAwait(false);
        _deliveredHere = null;
        _progress.Replaced();
        _metrics.ProcessorReplaced();
        _logger.ProcessorReplaced(_shardId, _lease.Current.Checkpoint);
        return await _patience.PauseAsync(doing).ConfigureAwait(false) ?? ShardConsumerSignal.ProcessorUnusable;
    }
}

/// <summary>What may end a shard's life from outside.</summary>
/// <param name="Working">Cancelled when the lease is lost or patience has run out: what the processor's calls see.</param>
/// <param name="Halted">Cancelled for these and when a stop was asked for: what every wait of ours sees.</param>
/// <param name="Stop">Cancelled when a stop was asked for.</param>
/// <param name="Abort">Cancelled when patience has run out: what a processor sees that is told goodbye.</param>
internal readonly record struct ShardLifeSignals(CancellationToken Working, CancellationToken Halted, CancellationToken Stop, CancellationToken Abort);
