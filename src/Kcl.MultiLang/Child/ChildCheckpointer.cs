using System.Globalization;
using Kcl.MultiLang.Protocol;

namespace Kcl.MultiLang.Child;

/// <summary>The checkpointer of one call: asks the daemon and waits for its answer. The daemon is the judge of every position.</summary>
internal sealed class ChildCheckpointer(ChildConversation conversation) : ICheckpointer
{
    // One question at a time, also when a processor asks from several tasks; and the call's status must not overtake a question.
    private readonly Lock _gate = new();
    private Task _lastExchange = Task.CompletedTask;
    private bool _over;

    /// <summary>Whether a checkpoint without a position, which at a shard's end means its end, or any at all, was accepted in this call.</summary>
    public bool Checkpointed { get; private set; }

    public ValueTask CheckpointAsync(CancellationToken cancellationToken = default) => AskAsync(null, null, cancellationToken);

    public ValueTask CheckpointAsync(KinesisRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        return AskAsync(record.SequenceNumber.ToString(), record.SubSequenceNumber, cancellationToken);
    }

    public ValueTask CheckpointAsync(SequenceNumber sequenceNumber, long subSequenceNumber = 0, CancellationToken cancellationToken = default) => subSequenceNumber < 0
        ? throw new InvalidCheckpointException($"The sub-sequence number {subSequenceNumber} is negative; an index inside a KPL aggregate starts at 0.")
        : AskAsync(sequenceNumber.ToString(), subSequenceNumber, cancellationToken);

    public ValueTask<IPreparedCheckpoint> PrepareCheckpointAsync(ExtendedSequenceNumber? position = null, ReadOnlyMemory<byte> applicationState = default, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException(
            "A child of a multi-language daemon cannot prepare a checkpoint: the protocol has no message for it. Use CheckpointAsync, or host "
            + "the processor in-process.");

    /// <summary>Waits for a question still under way and takes no more: the call has returned.</summary>
    public async ValueTask EndAsync()
    {
        Task last;
        lock (_gate)
        {
            _over = true;
            last = _lastExchange;
        }

        // Whoever asked has the outcome.
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask AskAsync(string? sequenceNumber, long? subSequenceNumber, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task exchange;
        lock (_gate)
        {
            if (_over)
            {
                throw new InvalidOperationException(
                    "This checkpointer belongs to a call that has returned. Checkpoint within the processor's call, or with the checkpointer "
                    + "of a later call.");
            }

            _lastExchange = exchange = ExchangeAsync(_lastExchange, sequenceNumber, subSequenceNumber);
        }

        // Once asked, the answer must be read whoever still waits for it.
        await exchange.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ExchangeAsync(Task before, string? sequenceNumber, long? subSequenceNumber)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var position = sequenceNumber is null ? "everything delivered" : string.Create(CultureInfo.InvariantCulture, $"{sequenceNumber}/{subSequenceNumber}");
        try
        {
            await conversation.WriteCheckpointAsync(sequenceNumber, subSequenceNumber).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new LeaseLostException($"The daemon is gone: the checkpoint at {position} could not be asked for.", e);
        }

        var reply = await conversation.ReadAsync().ConfigureAwait(false)
            ?? throw new LeaseLostException($"The daemon closed the pipe instead of answering the checkpoint at {position}: it has stopped, or given this process up.");
        if (reply.Action != ActionNames.Checkpoint)
        {
            throw new InvalidStateException($"The daemon answered the checkpoint at {position} with '{reply.Action}'.");
        }

        if (reply.Error is { } error)
        {
            var exception = ErrorNames.ToException(error, position);
            conversation.IsLeaseLost |= exception is LeaseLostException;
            throw exception;
        }

        Checkpointed = true;
    }
}
