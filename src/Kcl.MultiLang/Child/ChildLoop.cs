using Kcl.Internal;
using Kcl.MultiLang.Protocol;

namespace Kcl.MultiLang.Child;

/// <summary>Serves a daemon: reads an action, calls the processor and answers, until the end of input.</summary>
/// <param name="factory">Creates the processor when the daemon names the shard.</param>
/// <param name="reuseRecordBuffers">Whether the memory of a batch is reused when the processor's call returns.</param>
/// <param name="input">The stream from the daemon.</param>
/// <param name="output">The stream to the daemon.</param>
/// <param name="log">Receives messages for people.</param>
internal sealed class ChildLoop(
    IShardRecordProcessorFactory factory, bool reuseRecordBuffers, Stream input, Stream output, TextWriter log) : IDisposable
{
    private readonly ChildConversation _conversation = new(input, output);
    private IShardRecordProcessor? _processor;

    /// <summary>Runs until the daemon closes the pipe or the processor fails.</summary>
    /// <returns>The exit code: 0 at the end of input, 1 if the processor failed, 2 if the daemon sent something that is not a
    /// message.</returns>
    public async Task<int> RunAsync()
    {
        var action = "the first message";
        try
        {
            while (await _conversation.ReadAsync().ConfigureAwait(false) is { } message)
            {
                action = message.Action!;
                await HandleAsync(message).ConfigureAwait(false);
                await _conversation.WriteStatusAsync(action).ConfigureAwait(false);
            }

            return 0;
        }
        catch (ProtocolException e)
        {
            await log.WriteLineAsync($"The daemon sent a line that is not a valid message: {e.Message}. This process ends.").ConfigureAwait(
                false);
            return 2;
        }
        catch (OperationCanceledException) when (_conversation.HasEnded)
        {
            return 0;
        }
        catch (Exception e) when (IsCausedByEnd(e))
        {
            // The daemon is gone, which is how a child is asked to end. There is no one to answer.
            await log.WriteLineAsync($"The daemon closed its pipe during {action}; this process ends.").ConfigureAwait(false);
            return 0;
        }
#pragma warning disable CA1031 // A failure of user code ends the process without an answer: the daemon delivers again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var consequence = "this process ends without an answer, and the daemon delivers again from the last checkpoint";
            await log.WriteLineAsync($"The processor failed in {action}; {consequence}.{Environment.NewLine}{e}").ConfigureAwait(false);
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
                await TolerateLossAsync(message.Action, () => WithCheckpointerAsync(c => ProcessAsync(message, c))).ConfigureAwait(false);
                if (reuseRecordBuffers)
                {
                    _conversation.RecycleRecords();
                }

                break;
            case ActionNames.ShardEnded:
            case ActionNames.Shutdown when message.Reason is "TERMINATE" or "SHARD_END":
                await TolerateLossAsync(message.Action, () => WithCheckpointerAsync(EndShardAsync)).ConfigureAwait(false);
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

    private IShardRecordProcessor Processor => _processor ?? throw new ProtocolException("it came before 'initialize'");

    private async ValueTask InitializeAsync(DaemonMessage message)
    {
        if (message.ShardId is not { Length: > 0 } shard)
        {
            throw new ProtocolException("'initialize' has no shardId");
        }

        // Without a position, the processor starts at the beginning.
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
            // Returning completes the shard, as in-process: a processor that forgets to checkpoint must not delay the shard's children.
            await checkpointer.CheckpointAsync(_conversation.Ended).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Makes a call whose failure is ignored if its cause is a lost lease: the call is answered, and <c>leaseLost</c> follows. Java's
    /// daemon
    /// would end with all its shards if it received no answer.
    /// </summary>
    private async ValueTask TolerateLossAsync(string action, Func<ValueTask> call)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (Exception e) when (_conversation.IsLeaseLost && !_conversation.HasEnded
            && Causes(e).Any(cause => cause is LeaseLostException))
        {
            var what = $"The lease of this shard is lost: the daemon refused a checkpoint in {action}. The daemon sends leaseLost next.";
            await log.WriteLineAsync(what).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Makes a call whose failure is logged and answered: another worker continues the shard in any case. Java's daemon would end with all
    /// its shards if it received no answer.
    /// </summary>
    private async ValueTask LogFailureAsync(string action, Func<ValueTask> call)
    {
        try
        {
            await TolerateLossAsync(action, call).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The boundary to user code.
        catch (Exception e) when (e is not ProtocolException && !IsCausedByEnd(e))
#pragma warning restore CA1031
        {
            await log.WriteLineAsync($"The processor failed in {action}; the stop continues.{Environment.NewLine}{e}").ConfigureAwait(
                false);
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

    /// <summary>Returns whether an exception was thrown only because the daemon is gone.</summary>
    private bool IsCausedByEnd(Exception exception) =>
        _conversation.HasEnded && Causes(exception).Any(cause => cause is IOException or LeaseLostException or OperationCanceledException);

    private static IEnumerable<Exception> Causes(Exception exception) => exception is AggregateException several
        ? several.Flatten().InnerExceptions.SelectMany(Causes)
        : exception.InnerException is { } inner ? Causes(inner).Prepend(exception) : [exception];
}
