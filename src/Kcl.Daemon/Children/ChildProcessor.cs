using System.Globalization;
using System.Threading.Channels;
using Kcl.MultiLang.Protocol;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children;

/// <summary>A processor whose calls are relayed to a child process. Whatever goes wrong with the child costs this shard another one, from the last checkpoint, and nothing else.</summary>
internal sealed class ChildProcessor(
    ShardId shardId,
    ChildOptions options,
    IChildLauncher launcher,
    ChildActivity activity,
    ILoggerFactory loggerFactory,
    TimeProvider time) : IMonitoredProcessor, IAsyncDisposable
{
    // A child that answers shardEnded without its checkpoint is asked again; after so many times another one is.
    private const int MaxUnfinishedEnds = 3;

    // A child that answers twice is out of step by a few answers when batches follow each other closely.
    private const int MaxLateAnswers = 8;

    private readonly ILogger _logger = loggerFactory.CreateLogger("Kcl.Daemon.Children");
    private readonly ILogger _childLogger = loggerFactory.CreateLogger("Kcl.Child");
    private ChildConnection? _link;
    private bool _busy;
    private bool _unresponsive;
    private string? _answered;
    private bool _lossReported;
    private int _unfinishedEnds;
    private ExtendedSequenceNumber _lastCheckpoint;
    private ExtendedSequenceNumber _delivered;

    // How many of the next messages were sent before the action under way, and what had been delivered by then.
    private int _early;
    private ExtendedSequenceNumber _deliveredEarly;

    /// <summary>Cancelled when the child is gone: also while the shard has nothing to process.</summary>
    public CancellationToken Unusable => _link?.Gone ?? CancellationToken.None;

    /// <inheritdoc />
    public async ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken)
    {
        await StopAsync().ConfigureAwait(false);
        _lastCheckpoint = _delivered = input.Position;
        var link = _link = Start(input);
        activity.Started(link.ProcessId, input.Position);
        _logger.ChildStarted(shardId, link.ProcessId, options.Command.Program);
        Begin(link, ActionNames.Initialize);
        await PerformAsync(ActionNames.Initialize, link.Writer.WriteInitializeAsync(input.ShardId, input.Position, CancellationToken.None), null, options.StartupTimeout, cancellationToken).ConfigureAwait(false);
        activity.Is(ChildState.Ready);
    }

    /// <inheritdoc />
    public async ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
    {
        var link = Link;
        activity.Is(ChildState.Processing);
        Begin(link, ActionNames.ProcessRecords);
        if (input.Records is { Count: > 0 and var count })
        {
            _delivered = input.Records[count - 1].Position;
        }

        // Not cancellable: half a line would be the end of the conversation.
        var writing = link.Writer.WriteProcessRecordsAsync(input.Records, input.MillisBehindLatest, CancellationToken.None);
        await PerformAsync(ActionNames.ProcessRecords, writing, input.Checkpointer, options.MessageTimeout, cancellationToken).ConfigureAwait(false);
        activity.Answered(input.Records.Count);
    }

    /// <inheritdoc />
    public async ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken)
    {
        // A child still at work cannot be told; the end of its input tells it.
        if (_link is { Gone.IsCancellationRequested: false } link && !_busy)
        {
            Begin(link, ActionNames.LeaseLost);
            await PerformAsync(ActionNames.LeaseLost, link.Writer.WriteActionAsync(ActionNames.LeaseLost, CancellationToken.None), null, options.MessageTimeout, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken)
    {
        var link = Link;
        Begin(link, ActionNames.ShardEnded);
        var ended = await PerformAsync(ActionNames.ShardEnded, link.Writer.WriteActionAsync(ActionNames.ShardEnded, CancellationToken.None), input.Checkpointer, options.MessageTimeout, cancellationToken).ConfigureAwait(false);
        if (ended)
        {
            activity.Is(ChildState.ShardEnded);
            return;
        }

        var message = $"The child of {shardId} answered shardEnded without having checkpointed the end of the shard; it is asked again. In shardEnded, checkpoint without a sequence number: until then the shard is not complete and its children do not start.";
        throw ++_unfinishedEnds >= MaxUnfinishedEnds ? await FailAsync(message).ConfigureAwait(false) : new InvalidStateException(message);
    }

    /// <inheritdoc />
    public async ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken)
    {
        if (_link is { Gone.IsCancellationRequested: false } link && !_busy)
        {
            Begin(link, ActionNames.ShutdownRequested);
            await PerformAsync(ActionNames.ShutdownRequested, link.Writer.WriteActionAsync(ActionNames.ShutdownRequested, CancellationToken.None), input.Checkpointer, options.MessageTimeout, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the child.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        activity.Stopped();
    }

    private ChildConnection Link => _link ?? throw new ProcessorUnusableException($"The child of {shardId} is gone.");

    private void Begin(ChildConnection link, string action)
    {
        _deliveredEarly = _delivered;
        _early = link.Begin(action);
    }

    private ChildConnection Start(InitializationInput input)
    {
        try
        {
            var environment = new Dictionary<string, string>(options.Environment, StringComparer.Ordinal)
            {
                ["KCL_SHARD_ID"] = shardId.Value,
                ["KCL_CHECKPOINT"] = input.Position.ToString(),
            };
            return new(launcher.Start(options.Command, environment), shardId, _logger, _childLogger, time);
        }
        catch (ChildStartException e)
        {
            throw new ProcessorUnusableException($"The child of {shardId} could not be started: {e.Message}", e);
        }
    }

    /// <summary>One action and what belongs to it: writes it, serves checkpoints, waits for the status.</summary>
    /// <returns>Whether the end of the shard was checkpointed.</returns>
    /// <exception cref="ProcessorUnusableException">The child cannot go on.</exception>
    /// <exception cref="OperationCanceledException">The child took too long after <paramref name="cancellationToken"/>.</exception>
    private async ValueTask<bool> PerformAsync(string action, ValueTask writing, ICheckpointer? checkpointer, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var link = Link;
        var written = writing.AsTask();
        var ended = false;
        var forgiven = 0;
        _busy = true;
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var registration = cancellationToken.UnsafeRegister(_ => patience.CancelAfter(options.AbandonGrace), null);
        try
        {
            while (true)
            {
                var message = await NextAsync(link, timeout, patience.Token).ConfigureAwait(false);
                var isEarly = _early-- > 0;
                if (message.Kind == ChildMessageKind.Checkpoint)
                {
                    var asked = Understand(message, isEarly);
                    ended |= await CheckpointAsync(link, action, asked, checkpointer, cancellationToken).ConfigureAwait(false);
                }
                else if (isEarly)
                {
                    _logger.StaleStatus(shardId, OneLine.Of(message.Name));
                }
                else if (message.Name == action)
                {
                    _answered = action;
                    break;
                }
                else if (message.Name == _answered && forgiven < MaxLateAnswers)
                {
                    // The last answer once more, too late to be dropped before this action began.
                    forgiven++;
                    _logger.StaleStatus(shardId, OneLine.Of(message.Name));
                }
                else
                {
                    throw await FailAsync($"it answered '{OneLine.Of(message.Name)}' to '{action}'").ConfigureAwait(false);
                }
            }

            // A child may answer before it has read everything, but not before everything was written.
            await written.WaitAsync(timeout ?? Timeout.InfiniteTimeSpan, time, patience.Token).ConfigureAwait(false);
            link.End();
            _busy = false;
            return ended;
        }
        catch (ChannelClosedException e)
        {
            throw await FailAsync(e.InnerException is InvalidDataException problem
                ? $"{problem.Message}, during '{action}'"
                : $"{await link.DescribeEndAsync().ConfigureAwait(false)} during '{action}'").ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw await FailAsync($"{await link.DescribeEndAsync().ConfigureAwait(false)} during '{action}' ({e.Message})").ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _unresponsive = true;
            var setting = action == ActionNames.Initialize ? "childStartupTimeoutInSeconds" : "timeoutInSeconds";
            var refused = link.RefusedLine is { } line ? $"; its last line on stdout looks like a message and was not taken for one: {line}" : "";
            var problem = string.Create(CultureInfo.InvariantCulture, $"it sent no message for {timeout!.Value.TotalSeconds} s during '{action}' ({setting})");
            throw await FailAsync(problem + refused).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            _unresponsive = true;
            if (!written.IsCompleted)
            {
                // The records' memory serves other shards once this call is over: nothing of it may be written any more.
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

    private async ValueTask<ChildMessage> NextAsync(ChildConnection link, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (link.Messages.TryRead(out var ready))
        {
            return ready;
        }

        if (timeout is not { } limit)
        {
            return await link.Messages.ReadAsync(cancellationToken).ConfigureAwait(false);
        }

        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await link.Messages.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    /// <summary>A request, and what it means. "Everything delivered" is what had been delivered when it was said.</summary>
    private (ChildMessage Message, CheckpointRequest Request) Understand(in ChildMessage message, bool isEarly)
    {
        var request = CheckpointRequest.From(message);
        return (message, isEarly && request is { Position: null, Problem: null } ? new(_deliveredEarly) : request);
    }

    private async ValueTask<bool> CheckpointAsync(
        ChildConnection link,
        string action,
        (ChildMessage Message, CheckpointRequest Request) asked,
        ICheckpointer? checkpointer,
        CancellationToken cancellationToken)
    {
        var (message, request) = asked;
        string? error = null;
        try
        {
            await StoreAsync(request, checkpointer, action, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the child gets its reply and decides; the action goes on, as under Java.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = ErrorNames.Of(e);
            LogRefusal(message, error, e);
        }

        await link.Writer.WriteCheckpointReplyAsync(message.SequenceNumber, message.SubSequenceNumber, error, CancellationToken.None).ConfigureAwait(false);
        if (error is not null)
        {
            return false;
        }

        var position = request.Position ?? _delivered;
        _lastCheckpoint = position;
        activity.Checkpointed(position);
        return action == ActionNames.ShardEnded && (position.IsShardEnd || position == _delivered);
    }

    /// <summary>
    /// Reports a refused checkpoint. A lost lease is no failure, and is reported once: a busy child may ask many times before it is told.
    /// </summary>
    private void LogRefusal(in ChildMessage message, string error, Exception exception)
    {
        var isLost = error == ErrorNames.LeaseLost;
        var level = !isLost ? LogLevel.Warning : _lossReported ? LogLevel.Debug : LogLevel.Information;
        _lossReported |= isLost;
        if (_logger.IsEnabled(level))
        {
            var reason = exception is OperationCanceledException ? "the lease is lost, or the time to stop is over" : exception.Message;
            _logger.CheckpointRefused(level, shardId, OneLine.Of(message.SequenceNumber), message.SubSequenceNumber, error, reason);
        }
    }

    private ValueTask StoreAsync(CheckpointRequest request, ICheckpointer? checkpointer, string action, CancellationToken cancellationToken)
    {
        if (checkpointer is null)
        {
            throw new InvalidStateException($"there is no checkpoint in '{action}'");
        }

        if (request.Problem is { } problem)
        {
            throw new InvalidCheckpointException(problem);
        }

        return request.Position switch
        {
            null => checkpointer.CheckpointAsync(cancellationToken),
            { IsNumber: true } position => checkpointer.CheckpointAsync(position.SequenceNumber, position.SubSequenceNumber, cancellationToken),
            { IsShardEnd: true } when action == ActionNames.ShardEnded => checkpointer.CheckpointAsync(cancellationToken),
            // Where the shard stands already: stored without a write, as any position is.
            var position when position == _lastCheckpoint => ValueTask.CompletedTask,
            var position => throw new InvalidCheckpointException($"{position} is not a delivered position"),
        };
    }

    private async ValueTask<ProcessorUnusableException> FailAsync(string reason)
    {
        var pid = _link?.ProcessId;
        await StopAsync().ConfigureAwait(false);
        return new(string.Create(CultureInfo.InvariantCulture, $"The child of {shardId} (process {pid}) cannot go on: {reason}"));
    }

    private async ValueTask StopAsync()
    {
        if (_link is not { } link)
        {
            return;
        }

        _link = null;
        await link.StopAsync(_unresponsive ? TimeSpan.Zero : options.ExitGrace, options.KillGrace).ConfigureAwait(false);
        await link.DisposeAsync().ConfigureAwait(false);
        _busy = _unresponsive = _lossReported = false;
        _answered = null;
    }

    /// <summary>A write that failed did so because the child is gone, which is being dealt with.</summary>
    private static void Observe(Task written) =>
        _ = written.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
