using System.Globalization;
using System.Threading.Channels;
using Kcl.Daemon.Children.Command;
using Kcl.Daemon.Children.Launching;
using Kcl.Daemon.Status;
using Kcl.MultiLang.Protocol;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children.Relay;

/// <summary>
/// A processor that relays its calls to a child process. If the child fails in any way, only this shard is affected: another child is
/// started at the last checkpoint.
/// </summary>
internal sealed class ChildProcessor : IMonitoredProcessor, IAsyncDisposable
{
    // A child that answers shardEnded without a checkpoint is asked again. After this many such answers, it is replaced.
    private const int MaxUnfinishedEnds = 3;

    private readonly ShardId _shardId;
    private readonly ChildOptions _options;
    private readonly IChildLauncher _launcher;
    private readonly ChildActivity _activity;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ILogger _childLogger;
    private readonly CheckpointRelay _checkpoints;
    private readonly ChildAnswerMatcher _answers = new();
    private ChildConnection? _connection;
    private bool _busy;
    private bool _unresponsive;
    private int _unfinishedEnds;

    // The last position that was delivered before the action in progress.
    private ExtendedSequenceNumber _deliveredBeforeAction;

    /// <param name="shardId">The shard.</param>
    /// <param name="options">The options of the child.</param>
    /// <param name="launcher">Starts the child.</param>
    /// <param name="activity">Receives the status of the child.</param>
    /// <param name="loggerFactory">Creates the loggers.</param>
    /// <param name="time">The clock.</param>
    public ChildProcessor(
        ShardId shardId, ChildOptions options, IChildLauncher launcher, ChildActivity activity, ILoggerFactory loggerFactory,
        TimeProvider time)
    {
        _shardId = shardId;
        _options = options;
        _launcher = launcher;
        _activity = activity;
        _time = time;
        _logger = loggerFactory.CreateLogger("Kcl.Daemon.Children");
        _childLogger = loggerFactory.CreateLogger("Kcl.Child");
        _checkpoints = new(shardId, activity, _logger);
    }

    /// <summary>Gets the token that is canceled when the child has ended, even if the shard has no records to process.</summary>
    public CancellationToken Unusable => _connection?.Disconnected ?? CancellationToken.None;

    private ChildConnection Connection => _connection ?? throw new ProcessorUnusableException($"The child of {_shardId} has ended.");

    /// <inheritdoc />
    public async ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken)
    {
        await StopAsync().ConfigureAwait(false);
        _checkpoints.Reset(input.Position);
        var connection = _connection = Start(input);
        _activity.OnStarted(connection.ProcessId, input.Position);
        _logger.ChildStarted(_shardId, connection.ProcessId, _options.Command.Program);
        Begin(connection, ActionNames.Initialize);
        var writing = connection.Writer.WriteInitializeAsync(input.ShardId, input.Position, CancellationToken.None);
        await PerformAsync(new(ActionNames.Initialize, null, _options.StartupTimeout), writing, cancellationToken).ConfigureAwait(false);
        _activity.SetState(ChildState.Ready);
    }

    /// <inheritdoc />
    public async ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
    {
        var connection = Connection;
        _activity.SetState(ChildState.Processing);
        Begin(connection, ActionNames.ProcessRecords);
        if (input.Records is { Count: > 0 and var count })
        {
            _checkpoints.LastDelivered = input.Records[count - 1].Position;
        }

        // Not cancelable: after a part of a line, no other message can be sent.
        var writing = connection.Writer.WriteProcessRecordsAsync(input.Records, input.MillisBehindLatest, CancellationToken.None);
        var call = new ChildCall(ActionNames.ProcessRecords, input.Checkpointer, _options.MessageTimeout);
        await PerformAsync(call, writing, cancellationToken).ConfigureAwait(false);
        _activity.OnAnswered(input.Records.Count);
    }

    /// <inheritdoc />
    public async ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken) =>
        await PerformIfIdleAsync(ActionNames.LeaseLost, checkpointer: null, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public async ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken)
    {
        var ended = await PerformAsync(Connection, ActionNames.ShardEnded, input.Checkpointer, cancellationToken).ConfigureAwait(false);
        if (ended)
        {
            _activity.SetState(ChildState.ShardEnded);
            return;
        }

        var message = $"The child of {_shardId} answered shardEnded without a checkpoint at the end of the shard, and is asked again. "
            + "In shardEnded, checkpoint without a sequence number. Until then, the shard is not complete and its child shards do not "
            + "start.";
        throw ++_unfinishedEnds >= MaxUnfinishedEnds ? await FailAsync(message).ConfigureAwait(false) : new InvalidStateException(message);
    }

    /// <inheritdoc />
    public async ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken) =>
        await PerformIfIdleAsync(ActionNames.ShutdownRequested, input.Checkpointer, cancellationToken).ConfigureAwait(false);

    /// <summary>Ends the child.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _activity.OnStopped();
    }

    private ChildConnection Start(InitializationInput input)
    {
        try
        {
            var environment = new Dictionary<string, string>(_options.Environment, StringComparer.Ordinal)
            {
                ["KCL_SHARD_ID"] = _shardId.Value,
                ["KCL_CHECKPOINT"] = input.Position.ToString(),
            };
            return new(_launcher.Start(_options.Command, environment), _shardId, _logger, _childLogger, _time);
        }
        catch (ChildStartException e)
        {
            throw new ProcessorUnusableException($"The child of {_shardId} could not be started: {e.Message}", e);
        }
    }

    private void Begin(ChildConnection connection, string action)
    {
        _deliveredBeforeAction = _checkpoints.LastDelivered;
        _answers.Begin(action, earlyMessages: connection.Begin(action));
    }

    // A child that is still busy cannot receive another action. It notices the end of its input instead.
    private async ValueTask PerformIfIdleAsync(string action, ICheckpointer? checkpointer, CancellationToken cancellationToken)
    {
        if (_connection is { Disconnected.IsCancellationRequested: false } connection && !_busy)
        {
            await PerformAsync(connection, action, checkpointer, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> PerformAsync(
        ChildConnection connection, string action, ICheckpointer? checkpointer, CancellationToken cancellationToken)
    {
        Begin(connection, action);
        var writing = connection.Writer.WriteActionAsync(action, CancellationToken.None);
        return await PerformAsync(new(action, checkpointer, _options.MessageTimeout), writing, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Performs an action that is being written: handles checkpoints and waits for the status.</summary>
    /// <returns>True if the end of the shard was checkpointed; otherwise, false.</returns>
    /// <exception cref="ProcessorUnusableException">The child cannot continue.</exception>
    /// <exception cref="OperationCanceledException">
    /// The child took too long after <paramref name="cancellationToken"/> was canceled.
    /// </exception>
    private async ValueTask<bool> PerformAsync(ChildCall call, ValueTask writing, CancellationToken cancellationToken)
    {
        var connection = Connection;
        var written = writing.AsTask();
        _busy = true;
        using var abandon = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var registration = cancellationToken.UnsafeRegister(_ => abandon.CancelAfter(_options.AbandonTimeout), null);
        try
        {
            var ended = await ServeAsync(connection, call, abandon.Token, cancellationToken).ConfigureAwait(false);
            // A child may answer before it has read the whole message, but the action must not end before all of it is written.
            await written.WaitAsync(call.Timeout ?? Timeout.InfiniteTimeSpan, _time, abandon.Token).ConfigureAwait(false);
            connection.End();
            _busy = false;
            return ended;
        }
        catch (ChannelClosedException e)
        {
            throw await FailAsync(e.InnerException is InvalidDataException problem
                ? $"{problem.Message}, during '{call.Action}'"
                : $"{await connection.DescribeEndAsync().ConfigureAwait(false)} during '{call.Action}'").ConfigureAwait(false);
        }
        catch (IOException e)
        {
            var end = await connection.DescribeEndAsync().ConfigureAwait(false);
            throw await FailAsync($"{end} during '{call.Action}' ({e.Message})").ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _unresponsive = true;
            throw await FailAsync(DescribeTimeout(call, connection.RefusedLine)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            _unresponsive = true;
            if (!written.IsCompleted)
            {
                // The memory of the records is reused after this call, so the write must not continue.
                await StopAsync().ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
        finally
        {
            Observe(written);
        }
    }

    private async ValueTask<bool> ServeAsync(
        ChildConnection connection, ChildCall call, CancellationToken abandonToken, CancellationToken cancellationToken)
    {
        var ended = false;
        while (true)
        {
            var message = await ReadAsync(connection, call.Timeout, abandonToken).ConfigureAwait(false);
            var isEarly = _answers.CountMessage();
            if (message.Kind == ChildMessageKind.Checkpoint)
            {
                var request = Interpret(message, isEarly);
                ended |= await _checkpoints.HandleAsync(connection.Writer, call, message, request, cancellationToken).ConfigureAwait(false);
                continue;
            }

            switch (_answers.Classify(message, isEarly))
            {
                case ChildAnswer.Answer:
                    return ended;
                case ChildAnswer.Stale:
                    _logger.StaleStatus(_shardId, OneLine.Of(message.Name));
                    break;
                default:
                    throw await FailAsync($"it answered '{OneLine.Of(message.Name)}' to '{call.Action}'").ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<ChildMessage> ReadAsync(ChildConnection connection, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (connection.Messages.TryRead(out var ready))
        {
            return ready;
        }

        if (timeout is not { } limit)
        {
            return await connection.Messages.ReadAsync(cancellationToken).ConfigureAwait(false);
        }

        using var timer = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await connection.Messages.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    // A request without a position refers to the records that had been delivered when the child sent it.
    private CheckpointRequest Interpret(in ChildMessage message, bool isEarly)
    {
        var request = CheckpointRequest.From(message);
        return isEarly && request is { Position: null, Problem: null } ? new(_deliveredBeforeAction) : request;
    }

    private static string DescribeTimeout(ChildCall call, string? refusedLine)
    {
        var setting = call.Action == ActionNames.Initialize ? "childStartupTimeoutInSeconds" : "timeoutInSeconds";
        var seconds = call.Timeout!.Value.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var refused = refusedLine is null ? ""
            : $"; its last line on stdout looks like a message but was not accepted as one: {refusedLine}";
        return $"it sent no message for {seconds} s during '{call.Action}' ({setting}){refused}";
    }

    private async ValueTask<ProcessorUnusableException> FailAsync(string reason)
    {
        var pid = _connection?.ProcessId;
        await StopAsync().ConfigureAwait(false);
        return new(string.Create(CultureInfo.InvariantCulture, $"The child of {_shardId} (process {pid}) cannot continue: {reason}"));
    }

    private async ValueTask StopAsync()
    {
        if (_connection is not { } connection)
        {
            return;
        }

        _connection = null;
        var exitTimeout = _unresponsive ? TimeSpan.Zero : _options.ExitTimeout;
        await connection.StopAsync(exitTimeout, _options.KillTimeout).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
        _busy = false;
        _unresponsive = false;
        _answers.Reset();
    }

    // A write fails if the child has ended, which is handled at the end of its messages.
    private static void Observe(Task written) => _ = written.ContinueWith(
        static t => _ = t.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
