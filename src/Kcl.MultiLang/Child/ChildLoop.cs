using Kcl.Internal;
using Kcl.MultiLang.Protocol;

namespace Kcl.MultiLang.Child;

/// <summary>Serves a daemon: reads actions, calls the processor and answers, until the end of input.</summary>
/// <param name="factory">Creates the processor when the daemon names the shard.</param>
/// <param name="reuseRecordBuffers">True if the memory of a batch is reused when the processor's call returns.</param>
/// <param name="input">The stream from the daemon.</param>
/// <param name="output">The stream to the daemon.</param>
/// <param name="log">Receives messages for operators.</param>
internal sealed class ChildLoop(
    IShardRecordProcessorFactory factory, bool reuseRecordBuffers, Stream input, Stream output, TextWriter log) : IDisposable
{
    private readonly ChildConversation _conversation = new(input, output);
    private IShardRecordProcessor? _processor;
    private string _action = "the first message";

    /// <summary>Runs until the daemon closes the pipe or the processor fails.</summary>
    /// <returns>The exit code: 0 at the end of input, 1 if the processor failed, 2 if the daemon sent an unexpected line.</returns>
    public async Task<int> RunAsync()
    {
        try
        {
            while (await _conversation.ReadAsync().ConfigureAwait(false) is { } message)
            {
                _action = message.Action!;
                await HandleAsync(message).ConfigureAwait(false);
                await _conversation.WriteStatusAsync(_action).ConfigureAwait(false);
            }

            return 0;
        }
        catch (ProtocolException e)
        {
            await log.WriteLineAsync($"The daemon sent an unexpected line: {e.Message}. This process exits.").ConfigureAwait(false);
            return 2;
        }
        catch (OperationCanceledException) when (_conversation.HasEnded)
        {
            // The usual way to exit: the processor returned when its token was canceled. Nothing was interrupted, so nothing is logged.
            return 0;
        }
        catch (Exception e) when (IsCausedByEnd(e))
        {
            // The daemon closed the pipe, which asks the child to exit. No answer can be sent.
            await log.WriteLineAsync($"The daemon closed its pipe during {_action}; this process exits.").ConfigureAwait(false);
            return 0;
        }
#pragma warning disable CA1031 // A failure of user code ends the process without an answer: the daemon then delivers the records again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var consequence = "this process exits without an answer, and the daemon delivers again from the last checkpoint";
            await log.WriteLineAsync($"The processor failed in {_action}; {consequence}.{Environment.NewLine}{e}").ConfigureAwait(false);
            return 1;
        }
        finally
        {
            await DisposeProcessorAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => _conversation.Dispose();

    private async ValueTask HandleAsync(DaemonMessage message)
    {
        switch (message.Action)
        {
            case ActionNames.Initialize:
                await InitializeAsync(message).ConfigureAwait(false);
                break;
            case ActionNames.ProcessRecords:
                await IgnoreLeaseLossAsync(message.Action, () => WithCheckpointerAsync(checkpointer => ProcessAsync(message, checkpointer)))
                    .ConfigureAwait(false);
                if (reuseRecordBuffers)
                {
                    _conversation.RecycleRecords();
                }

                break;
            case ActionNames.ShardEnded:
            case ActionNames.Shutdown when message.Reason is "TERMINATE" or "SHARD_END":
                await IgnoreLeaseLossAsync(message.Action, () => WithCheckpointerAsync(EndShardAsync)).ConfigureAwait(false);
                break;
            case ActionNames.ShutdownRequested:
            case ActionNames.Shutdown when message.Reason is "REQUESTED":
                await LogFailureAsync(message.Action, () => WithCheckpointerAsync(RequestShutdownAsync)).ConfigureAwait(false);
                break;
            case ActionNames.LeaseLost or ActionNames.Shutdown:
                await LogFailureAsync(message.Action, () => Processor.LeaseLostAsync(new(), _conversation.Ended)).ConfigureAwait(false);
                break;
            default:
                throw new ProtocolException($"'{message.Action}' is not an action of this protocol");
        }
    }

    private IShardRecordProcessor Processor => _processor ?? throw new ProtocolException($"'{_action}' came before 'initialize'");

    private async ValueTask InitializeAsync(DaemonMessage message)
    {
        if (message.ShardId is not { Length: > 0 } shard)
        {
            throw new ProtocolException("'initialize' has no shardId");
        }

        // Without a position, the processor starts at TRIM_HORIZON.
        var position = default(ExtendedSequenceNumber);
        if (message.SequenceNumber is { } text && !ExtendedSequenceNumber.TryParse(text, message.SubSequenceNumber ?? 0, out position))
        {
            throw new ProtocolException($"'{text}' is not a checkpoint");
        }

        var shardId = new ShardId(shard);
        await DisposeProcessorAsync().ConfigureAwait(false);
        _conversation.IsLeaseLost = false;
        _processor = factory.Create(shardId);
        await _processor.InitializeAsync(new(shardId, position), _conversation.Ended).ConfigureAwait(false);
    }

    private async ValueTask WithCheckpointerAsync(Func<ChildCheckpointer, ValueTask> call)
    {
        var checkpointer = new ChildCheckpointer(_conversation);
        try
        {
            await call(checkpointer).ConfigureAwait(false);
        }
        finally
        {
            await checkpointer.EndAsync().ConfigureAwait(false);
        }
    }

    private ValueTask ProcessAsync(DaemonMessage message, ChildCheckpointer checkpointer) =>
        Processor.ProcessRecordsAsync(new(message.Records, message.MillisBehindLatest, checkpointer), _conversation.Ended);

    private ValueTask RequestShutdownAsync(ChildCheckpointer checkpointer) =>
        Processor.ShutdownRequestedAsync(new(checkpointer), _conversation.Ended);

    private async ValueTask EndShardAsync(ChildCheckpointer checkpointer)
    {
        await Processor.ShardEndedAsync(new(checkpointer), _conversation.Ended).ConfigureAwait(false);
        if (!checkpointer.HasCheckpointed)
        {
            // As in-process, returning completes the shard: a processor without a checkpoint must not delay the shard's children.
            await checkpointer.CheckpointAsync(_conversation.Ended).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Calls the processor and ignores a failure that a lost lease caused: the action is answered, and <c>leaseLost</c> follows. Without an
    /// answer, Java's daemon would exit with all its shards.
    /// </summary>
    private async ValueTask IgnoreLeaseLossAsync(string action, Func<ValueTask> call)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (Exception e) when (_conversation.IsLeaseLost && !_conversation.HasEnded
            && Causes(e).Any(cause => cause is LeaseLostException))
        {
            var message = $"The lease of this shard is lost: the daemon rejected a checkpoint in {action}. leaseLost follows.";
            await log.WriteLineAsync(message).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Calls the processor and logs any failure. The action is answered even then, because another worker continues the shard regardless;
    /// without an answer, Java's daemon would exit with all its shards.
    /// </summary>
    private async ValueTask LogFailureAsync(string action, Func<ValueTask> call)
    {
        try
        {
            await IgnoreLeaseLossAsync(action, call).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The boundary to user code.
        catch (Exception e) when (e is not ProtocolException && !IsCausedByEnd(e))
#pragma warning restore CA1031
        {
            var message = $"The processor failed in {action}. The failure is ignored, because another worker continues the shard.";
            await log.WriteLineAsync($"{message}{Environment.NewLine}{e}").ConfigureAwait(false);
        }
    }

    private async ValueTask DisposeProcessorAsync()
    {
        var processor = _processor;
        _processor = null;
        try
        {
            await Disposal.DisposeIfDisposableAsync(processor).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The boundary to user code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await log.WriteLineAsync($"The processor could not be disposed.{Environment.NewLine}{e}").ConfigureAwait(false);
        }
    }

    /// <summary>Returns whether an exception was thrown only because the daemon closed the pipe.</summary>
    private bool IsCausedByEnd(Exception exception) =>
        _conversation.HasEnded && Causes(exception).Any(cause => cause is IOException or LeaseLostException or OperationCanceledException);

    private static IEnumerable<Exception> Causes(Exception exception) => exception is AggregateException several
        ? several.Flatten().InnerExceptions.SelectMany(Causes)
        : exception.InnerException is { } inner ? Causes(inner).Prepend(exception) : [exception];
}
