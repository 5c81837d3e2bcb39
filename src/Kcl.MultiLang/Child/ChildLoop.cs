using Kcl.MultiLang.Protocol;

namespace Kcl.MultiLang.Child;

/// <summary>Serves one daemon: reads an action, calls the processor, answers, until the end of input.</summary>
internal sealed class ChildLoop(IShardRecordProcessorFactory factory, KclProcessOptions options, Stream input, Stream output, TextWriter log) : IDisposable
{
    private readonly ChildConversation _conversation = new(input, output);
    private IShardRecordProcessor? _processor;

    /// <summary>Runs until the daemon closes the pipe or nothing more can be done.</summary>
    /// <returns>The exit code: 0 at the end of input, 1 when the processor failed, 2 when the daemon sent what is no message.</returns>
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
            await log.WriteLineAsync($"The daemon sent a line that cannot be understood: {e.Message}. This process ends.").ConfigureAwait(false);
            return 2;
        }
        catch (OperationCanceledException) when (_conversation.IsOver)
        {
            return 0;
        }
        catch (Exception e) when (IsOfEnd(e))
        {
            // Nobody reads the answer: the daemon is gone, which is how a child is told to end.
            await log.WriteLineAsync($"The daemon closed its pipe during {action}; this process ends.").ConfigureAwait(false);
            return 0;
        }
#pragma warning disable CA1031 // The boundary to user code: whatever it throws ends the process without an answer, so that the daemon delivers again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await log.WriteLineAsync($"The processor failed in {action}; this process ends without an answer, and the daemon delivers again from the last checkpoint.{Environment.NewLine}{e}").ConfigureAwait(false);
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
                await UnlessLostAsync(message.Action, () => WithCheckpointerAsync(c => ProcessAsync(message, c))).ConfigureAwait(false);
                if (options.ReuseRecordBuffers)
                {
                    _conversation.RecycleRecords();
                }

                break;
            case ActionNames.ShardEnded or ActionNames.Shutdown when message.Action == ActionNames.ShardEnded || message.Reason is "TERMINATE" or "SHARD_END":
                await UnlessLostAsync(message.Action, () => WithCheckpointerAsync(EndShardAsync)).ConfigureAwait(false);
                break;
            case ActionNames.ShutdownRequested or ActionNames.Shutdown when message.Action == ActionNames.ShutdownRequested || message.Reason is "REQUESTED":
                await LoggedAsync(message.Action, () => WithCheckpointerAsync(c => Processor.ShutdownRequestedAsync(new(c), _conversation.Ended))).ConfigureAwait(false);
                break;
            case ActionNames.LeaseLost or ActionNames.Shutdown:
                await LoggedAsync(message.Action, () => Processor.LeaseLostAsync(new(), _conversation.Ended)).ConfigureAwait(false);
                break;
            default:
                throw new ProtocolException($"'{message.Action}' is no action of this protocol");
        }
    }

    private IShardRecordProcessor Processor => _processor ?? throw new ProtocolException("it came before 'initialize'");

    private async ValueTask InitializeAsync(DaemonMessage message)
    {
        if (message.ShardId is not { Length: > 0 } shard)
        {
            throw new ProtocolException("an 'initialize' without a shardId");
        }

        // A daemon that knows no position starts at the beginning as far as the processor can tell.
        var position = default(ExtendedSequenceNumber);
        if (message.SequenceNumber is { } text && !ExtendedSequenceNumber.TryParse(text, message.SubSequenceNumber ?? 0, out position))
        {
            throw new ProtocolException($"'{text}' is no checkpoint");
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

    private async ValueTask EndShardAsync(ChildCheckpointer checkpointer)
    {
        await Processor.ShardEndedAsync(new(checkpointer), _conversation.Ended).ConfigureAwait(false);
        if (!checkpointer.Checkpointed)
        {
            // Returning is the acknowledgement, as in-process: a processor that forgets to checkpoint here must not hold up the shard's children.
            await checkpointer.CheckpointAsync(_conversation.Ended).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A lost lease is the end of this shard here and no failure of the processor: the call is answered, and <c>leaseLost</c> follows. A
    /// daemon in Java would stop altogether without an answer.
    /// </summary>
    private async ValueTask UnlessLostAsync(string action, Func<ValueTask> call)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (Exception e) when (_conversation.IsLeaseLost && !_conversation.IsOver && Causes(e).Any(cause => cause is LeaseLostException))
        {
            var what = $"The lease of this shard is lost: the daemon refused a checkpoint in {action}. It is about to send leaseLost.";
            await log.WriteLineAsync(what).ConfigureAwait(false);
        }
    }

    /// <summary>The shard goes on elsewhere whether these calls succeed or not; a daemon in Java would stop altogether without an answer.</summary>
    private async ValueTask LoggedAsync(string action, Func<ValueTask> call)
    {
        try
        {
            await UnlessLostAsync(action, call).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The boundary to user code.
        catch (Exception e) when (e is not ProtocolException && !IsOfEnd(e))
#pragma warning restore CA1031
        {
            await log.WriteLineAsync($"The processor failed in {action}; the stop goes on.{Environment.NewLine}{e}").ConfigureAwait(false);
        }
    }

    private async ValueTask DisposeProcessorAsync()
    {
        var processor = _processor;
        _processor = null;
        try
        {
            if (processor is IAsyncDisposable asyncDisposable)
            {
                await asyncDisposable.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                (processor as IDisposable)?.Dispose();
            }
        }
#pragma warning disable CA1031 // The boundary to user code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await log.WriteLineAsync($"The processor failed to dispose.{Environment.NewLine}{e}").ConfigureAwait(false);
        }
    }

    /// <summary>Whether an exception is there only because the daemon is gone.</summary>
    private bool IsOfEnd(Exception exception) =>
        _conversation.IsOver && Causes(exception).Any(cause => cause is IOException or LeaseLostException or OperationCanceledException);

    private static IEnumerable<Exception> Causes(Exception exception) => exception is AggregateException several
        ? several.Flatten().InnerExceptions.SelectMany(Causes)
        : exception.InnerException is { } inner ? Causes(inner).Prepend(exception) : [exception];
}
