using Kcl.Checkpointing;
using Kcl.Diagnostics;
using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Processing;
using Kcl.Retrieval;
using Kcl.Retrieval.Polling;
using Microsoft.Extensions.Logging;

namespace Kcl.Consuming;

/// <summary>One shard's life in this worker: one task that goes from state to state until the processor had its last call.</summary>
internal sealed class ShardConsumer : IShardConsumer
{
    private readonly IHeldLease _lease;
    private readonly IShardCoordination _coordination;
    private readonly KinesisConsumerOptions _options;
    private readonly KinesisConsumerServices _services;
    private readonly ByteBudget _budget;
    private readonly ShardId _shardId;
    private readonly ShardMetrics _metrics;
    private readonly ILogger _retrievalLogger;
    private readonly ILogger _logger;
    private readonly Backoff _backoff;
    private readonly ShardProgress _progress = new();
    private readonly TaskCompletionSource<ShardConsumerOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();

    // What the processor's work sees: lost or out of patience. What every wait of ours sees: that, or a stop.
    private readonly CancellationTokenSource _working;
    private readonly CancellationTokenSource _halted;

    private ProcessorSession? _session;
    private ReadPosition? _origin;
    private IReadOnlyList<ChildShard> _children = [];
    private bool _acknowledged;
    private bool _delivering;
    private bool _started;
    private bool _disposed;

    /// <param name="lease">The shard's lease, held by this worker.</param>
    /// <param name="coordination">What the coordination does for the shard.</param>
    /// <param name="options">The consumer's frozen options.</param>
    /// <param name="services">What the consumer stands on.</param>
    /// <param name="budget">The bytes all shards of the worker share.</param>
    public ShardConsumer(IHeldLease lease, IShardCoordination coordination, KinesisConsumerOptions options, KinesisConsumerServices services, ByteBudget budget)
    {
        (_lease, _coordination, _options, _services, _budget) = (lease, coordination, options, services, budget);
        _shardId = lease.Current.ShardId;
        _metrics = new ShardMetrics(options.Stream.Name, _shardId);
        _logger = services.LoggerFactory.CreateLogger("Kcl.Consuming");
        _retrievalLogger = services.LoggerFactory.CreateLogger("Kcl.Retrieval");
        _backoff = new Backoff(options.TaskBackoff, options.MaxTaskBackoff, services.Random, options.TaskBackoff / 2);
        _working = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, _abort.Token);
        _halted = CancellationTokenSource.CreateLinkedTokenSource(_working.Token, _stop.Token);
    }

    public Task<ShardConsumerOutcome> Completion => _completion.Task;

    public ShardConsumerStatus Status
    {
        get
        {
            // With nothing under way the last answer tells the lag, also one that brought no records.
            var idle = !Volatile.Read(ref _delivering) && _session is { Source.IsDrained: true };
            return idle && _session?.Source.MillisBehindLatest is { } lag ? _progress.Status with { MillisBehindLatest = lag } : _progress.Status;
        }
    }

    public void Start()
    {
        if (!Interlocked.Exchange(ref _started, true))
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(RunAsync);
            }
        }
    }

    // Cancelling runs what was registered for it; that is not to happen to the caller.
    public void RequestStop() => _ = _stop.CancelAsync();

    public void Abort() => _ = _abort.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        if (Interlocked.Exchange(ref _started, true))
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _abort.CancelAsync().ConfigureAwait(false);
            await Completion.ConfigureAwait(false);
        }
        else
        {
            _completion.TrySetResult(ShardConsumerOutcome.Stopped);
        }

        _halted.Dispose();
        _working.Dispose();
        _stop.Dispose();
        _abort.Dispose();
    }

    private async Task RunAsync()
    {
        var outcome = ShardConsumerOutcome.GaveUp;
        try
        {
            try
            {
                outcome = await LiveAsync().ConfigureAwait(false);
            }
            finally
            {
                await CloseSessionAsync().ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // The fault domain of a shard ends here: the coordination learns an outcome, never an exception.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.ConsumerBroke(exception, _shardId);
        }

        _progress.Enter(ShardConsumerState.Ended);
        _logger.ConsumerEnded(_shardId, outcome, _lease.Current.Checkpoint);
        _completion.TrySetResult(outcome);
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
        return ShardConsumerTransitions.Outcome(reason, _lease.Lost.IsCancellationRequested, ended);
    }

    private async ValueTask<ShardConsumerSignal> WaitForParentsAsync()
    {
        if (_lease.Current.Checkpoint.IsShardEnd)
        {
            return ShardConsumerSignal.ShardExhausted;
        }

        var signal = await PersistAsync("waiting for its parents", token => _coordination.WhenParentsFinishedAsync(_lease.Current, token), _halted.Token).ConfigureAwait(false);
        return signal ?? ShardConsumerSignal.ParentsFinished;
    }

    private async ValueTask<ShardConsumerSignal> StartProcessorAsync()
    {
        while (Interruption() is not { } interruption)
        {
            var session = _session ??= OpenSession();
            var row = _lease.Current;
            var input = new InitializationInput(_shardId, session.Checkpointer.Last, row.PendingCheckpoint, row.PendingCheckpointState ?? default);
            var call = await session.Processor.InitializeAsync(input, _working.Token).ConfigureAwait(false);
            if (call.Completed)
            {
                _logger.ProcessingStarted(_shardId, session.Checkpointer.Last);
                return ShardConsumerSignal.Started;
            }

            // A replaced processor is initialised like the first: that is this state going on, not another.
            var signal = call.Status == ProcessorCallStatus.Unusable
                ? await ReplaceAsync("initializing").ConfigureAwait(false)
                : await PauseAsync("initializing").ConfigureAwait(false);
            if (signal is not (null or ShardConsumerSignal.ProcessorUnusable))
            {
                return signal.Value;
            }
        }

        return Interruption()!.Value;
    }

    private async ValueTask<ShardConsumerSignal> ProcessAsync()
    {
        var session = _session!;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_halted.Token, session.Processor.Unusable);
        while (true)
        {
            if (Interruption() is { } interruption)
            {
                return interruption;
            }

            if (session.Processor.Unusable.IsCancellationRequested)
            {
                return await ReplaceAsync("waiting for records").ConfigureAwait(false);
            }

            RecordBatch batch;
            try
            {
                batch = await session.Source.ReadAsync(waiting.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (waiting.IsCancellationRequested)
            {
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

    /// <summary>Hands one batch over, again and again until it is processed or something else is to happen.</summary>
    /// <returns>What is to happen instead; null when the batch was processed.</returns>
    private async ValueTask<ShardConsumerSignal?> DeliverAsync(ProcessorSession session, RecordBatch batch)
    {
        _progress.Delivering(batch.Last, batch.MillisBehindLatest);
        if (batch.MillisBehindLatest is { } lag)
        {
            _metrics.Lag(lag);
        }

        if (batch.Records.Count == 0 && (batch.IsShardEnd || !_options.CallProcessRecordsEvenForEmptyRecordList))
        {
            return null;
        }

        if (batch.Last is { } last)
        {
            session.Checkpointer.Delivering(last);
        }

        var input = new ProcessRecordsInput(batch.Records, batch.MillisBehindLatest, session.Checkpointer);
        for (var hadFailed = false; ; hadFailed = true)
        {
            var call = await session.Processor.ProcessRecordsAsync(input, _working.Token).ConfigureAwait(false);
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
                    if (Interruption() is { } interruption)
                    {
                        return interruption;
                    }

                    if (await PauseAsync("processing records").ConfigureAwait(false) is { } signal)
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
        else if (_session is { Processor.IsInitialized: true } session && !_acknowledged)
        {
            if (reason == ShardConsumerSignal.StopRequested && !_lease.Lost.IsCancellationRequested)
            {
                await session.Processor.ShutdownRequestedAsync(new ShutdownRequestedInput(session.Checkpointer), _working.Token).ConfigureAwait(false);
            }

            session.Checkpointer.Close("its processor was told that the lease is gone");
            await session.Processor.LeaseLostAsync(new LeaseLostInput(), _abort.Token).ConfigureAwait(false);
        }

        await CloseSessionAsync().ConfigureAwait(false);
        return ShardConsumerSignal.ProcessorClosed;
    }

    /// <summary>Children first, then the processor's last call, then the checkpoint: whoever dies in between leaves a shard that its next owner completes.</summary>
    /// <returns>What is to happen instead; null when the shard is complete.</returns>
    private async ValueTask<ShardConsumerSignal?> CompleteShardAsync()
    {
        if (await PersistAsync("creating its children's leases", token => _coordination.CreateChildLeasesAsync(_lease, _children, token), _halted.Token).ConfigureAwait(false) is { } instead)
        {
            return instead;
        }

        if (_session is not { } session)
        {
            return null;
        }

        session.Checkpointer.Ending();
        while (true)
        {
            var call = await session.Processor.ShardEndedAsync(new ShardEndedInput(session.Checkpointer), _working.Token).ConfigureAwait(false);
            if (call.Completed)
            {
                break;
            }

            if (call.Status == ProcessorCallStatus.Unusable)
            {
                return await ReplaceAsync("ending the shard").ConfigureAwait(false);
            }

            if (Interruption() is { } interruption)
            {
                return interruption;
            }

            if (await PauseAsync("ending the shard").ConfigureAwait(false) is { } signal)
            {
                return signal;
            }
        }

        // Its return is the acknowledgement; most processors have checkpointed the end themselves, and then this writes nothing.
        _acknowledged = true;
        return await PersistAsync("checkpointing its end", token => session.Checkpointer.CheckpointAsync(token), _working.Token).ConfigureAwait(false);
    }

    /// <summary>Does what the store or the stream may refuse for a while, until it is done or something else is to happen.</summary>
    private async ValueTask<ShardConsumerSignal?> PersistAsync(string doing, Func<CancellationToken, ValueTask> act, CancellationToken cancellationToken)
    {
        // The processor's failures are not forgiven for a success of ours.
        for (var failuresBefore = _progress.Failures; ;)
        {
            try
            {
                await act(cancellationToken).ConfigureAwait(false);
                _progress.Failures = failuresBefore;
                return null;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return Interruption();
            }
            catch (LeaseLostException)
            {
                return ShardConsumerSignal.LeaseLost;
            }
#pragma warning disable CA1031 // Logged, paced and counted; after too many the lease is released.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _logger.CoordinationFailed(exception, _shardId, doing);
            }

            if (await PauseAsync(doing).ConfigureAwait(false) is { } signal)
            {
                return signal;
            }
        }
    }

    /// <summary>Lets the processor and what was read for it go, and rests before there is a new one.</summary>
    private async ValueTask<ShardConsumerSignal> ReplaceAsync(string doing)
    {
        await CloseSessionAsync().ConfigureAwait(false);
        _progress.Replaced();
        _metrics.ProcessorReplaced();
        _logger.ProcessorReplaced(_shardId, _lease.Current.Checkpoint);
        return await PauseAsync(doing).ConfigureAwait(false) ?? ShardConsumerSignal.ProcessorUnusable;
    }

    /// <summary>Rests after a failure.</summary>
    /// <returns>What is to happen instead of another try; null for another try.</returns>
    private async ValueTask<ShardConsumerSignal?> PauseAsync(string doing)
    {
        _progress.Failures++;
        if (Interruption() is { } interruption)
        {
            return interruption;
        }

        if (_progress.Failures >= _options.MaxFailuresBeforeRelease)
        {
            _metrics.GaveUp();
            _logger.ConsumerGaveUp(_shardId, _progress.Failures, _lease.Current.Checkpoint);
            return ShardConsumerSignal.GaveUp;
        }

        var pause = _backoff.After(_progress.Failures);
        _logger.ConsumerFailed(_shardId, _progress.Failures, doing, pause);
        await Task.Delay(pause, _services.Time, _halted.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Interruption();
    }

    /// <summary>What must happen now, whatever is going on.</summary>
    private ShardConsumerSignal? Interruption() =>
        _lease.Lost.IsCancellationRequested ? ShardConsumerSignal.LeaseLost
        : _halted.IsCancellationRequested ? ShardConsumerSignal.StopRequested
        : null;

    private ProcessorSession OpenSession()
    {
        var checkpoint = _lease.Current.Checkpoint;
        if (checkpoint == ExtendedSequenceNumber.AtTimestamp && _options.InitialPosition.Timestamp is null)
        {
            _retrievalLogger.TimestampMissing(_shardId);
        }

        // A named position means what it meant when the shard was first read here, not what it would mean now.
        var position = _origin is { } origin && !checkpoint.IsNumber ? origin : ReadPosition.FromCheckpoint(checkpoint, _options.InitialPosition.Timestamp);
        return new ProcessorSession(
            new ProcessorInvoker(_services.Processors, _shardId, _options.LogWarningForTaskAfter, _services.Time, _metrics, _logger),
            new ShardCheckpointer(_lease, _metrics, _services.Time),
            new PollingRecordSource(_shardId, position, _options, _services, _coordination, _budget, _metrics, _retrievalLogger, _halted.Token));
    }

    private async ValueTask CloseSessionAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            await session.DisposeAsync().ConfigureAwait(false);
            _origin = session.Source.Origin;
        }
    }
}
