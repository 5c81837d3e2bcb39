using System.Globalization;
using Kcl.MultiLang.Protocol;

namespace Kcl.MultiLang.Child;

/// <summary>
/// The checkpointer of one call: sends requests to the daemon, which accepts or rejects each position, and waits for the replies.
/// </summary>
/// <param name="conversation">The connection to the daemon.</param>
internal sealed class ChildCheckpointer(ChildConversation conversation) : ICheckpointer
{
    // One request at a time, even if a processor checkpoints from several tasks; the status of the call must not overtake a request.
    private readonly Lock _gate = new();
    private Task _lastExchange = Task.CompletedTask;
    private bool _ended;

    /// <summary>Gets a value indicating whether a checkpoint was accepted during this call.</summary>
    public bool HasCheckpointed { get; private set; }

    /// <inheritdoc />
    public ValueTask CheckpointAsync(CancellationToken cancellationToken = default) => RequestAsync(null, null, cancellationToken);

    /// <inheritdoc />
    public ValueTask CheckpointAsync(KinesisRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        return RequestAsync(record.SequenceNumber.ToString(), record.SubSequenceNumber, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask CheckpointAsync(
        SequenceNumber sequenceNumber, long subSequenceNumber = 0, CancellationToken cancellationToken = default) => subSequenceNumber < 0
        ? throw new InvalidCheckpointException(
            $"The sub-sequence number is {subSequenceNumber}; it must be at least 0, the first index within a KPL aggregate.")
        : RequestAsync(sequenceNumber.ToString(), subSequenceNumber, cancellationToken);

    /// <summary>Not supported: the protocol of the daemon has no message for it.</summary>
    /// <param name="position">Not used.</param>
    /// <param name="applicationState">Not used.</param>
    /// <param name="cancellationToken">Not used.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public ValueTask<IPreparedCheckpoint> PrepareCheckpointAsync(
        ExtendedSequenceNumber? position = null, ReadOnlyMemory<byte> applicationState = default,
        CancellationToken cancellationToken = default) =>
        throw new NotSupportedException(
            "A child of a multi-language daemon cannot prepare a checkpoint: the protocol has no message for it. "
            + "Use CheckpointAsync, or run the processor in-process with KinesisConsumer.");

    /// <summary>Waits for a request in progress and accepts no more requests, because the call has returned.</summary>
    public async ValueTask EndAsync()
    {
        Task last;
        lock (_gate)
        {
            _ended = true;
            last = _lastExchange;
        }

        // The outcome belongs to the caller of CheckpointAsync.
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask RequestAsync(string? sequenceNumber, long? subSequenceNumber, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task exchange;
        lock (_gate)
        {
            if (_ended)
            {
                throw new InvalidOperationException(
                    "This checkpointer belongs to a call that has returned. Checkpoint within the processor's call, or with the "
                    + "checkpointer of a later call.");
            }

            _lastExchange = exchange = ExchangeAsync(_lastExchange, sequenceNumber, subSequenceNumber);
        }

        // The reply to a request must be read even if the caller no longer waits for it.
        await exchange.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ExchangeAsync(Task before, string? sequenceNumber, long? subSequenceNumber)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var position = sequenceNumber is null ? "everything delivered"
            : string.Create(CultureInfo.InvariantCulture, $"{sequenceNumber}/{subSequenceNumber}");
        try
        {
            await conversation.WriteCheckpointAsync(sequenceNumber, subSequenceNumber).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new LeaseLostException($"The daemon closed the pipe: the checkpoint at {position} could not be requested.", e);
        }

        var reply = await conversation.ReadAsync().ConfigureAwait(false)
            ?? throw new LeaseLostException(
                $"The daemon closed the pipe before it replied to the checkpoint at {position}: it has stopped, "
                + "or no longer uses this process.");
        if (reply.Action != ActionNames.Checkpoint)
        {
            throw new InvalidStateException(
                $"The daemon replied to the checkpoint at {position} with '{reply.Action}'; the reply must be '{ActionNames.Checkpoint}'.");
        }

        if (reply.Error is { } error)
        {
            var exception = ErrorNames.ToException(error, position);
            conversation.IsLeaseLost |= exception is LeaseLostException;
            throw exception;
        }

        HasCheckpointed = true;
    }
}
