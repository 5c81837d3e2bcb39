namespace Kcl;

/// <summary>
/// Stores how far one shard was processed: only forward, never past the delivered records, and only while the lease is held.
/// </summary>
/// <remarks>
/// A position equal to the last checkpoint succeeds without a write. A failure is a <see cref="KclException"/>; if its
/// <see cref="KclException.IsTransient"/> is true, the same call can succeed later. Use a checkpointer only during the call of the
/// processor to which it was passed.
/// </remarks>
public interface ICheckpointer
{
    /// <summary>
    /// Checkpoints everything delivered so far, or the end of the shard in <see cref="IShardRecordProcessor.ShardEndedAsync"/>. Records
    /// whose <see cref="IShardRecordProcessor.ProcessRecordsAsync"/> failed are not included after that call: they are delivered again.
    /// </summary>
    /// <param name="cancellationToken">Cancels waiting; a write already sent can still take effect.</param>
    /// <returns>A task that completes when the checkpoint is stored.</returns>
    /// <exception cref="LeaseLostException">The worker no longer holds the lease.</exception>
    /// <exception cref="ThrottlingException">The lease store rejected the write because of its rate; try again later.</exception>
    /// <exception cref="DependencyException">The lease store failed; try again later.</exception>
    /// <exception cref="InvalidStateException">The lease table or a permission is missing.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask CheckpointAsync(CancellationToken cancellationToken = default);

    /// <summary>Checkpoints everything up to and including <paramref name="record"/>.</summary>
    /// <param name="record">A delivered record.</param>
    /// <param name="cancellationToken">Cancels waiting; a write already sent can still take effect.</param>
    /// <returns>A task that completes when the checkpoint is stored.</returns>
    /// <exception cref="InvalidCheckpointException">The record is before the last checkpoint or was not delivered.</exception>
    /// <exception cref="LeaseLostException">The worker no longer holds the lease.</exception>
    /// <exception cref="ThrottlingException">The lease store rejected the write because of its rate; try again later.</exception>
    /// <exception cref="DependencyException">The lease store failed; try again later.</exception>
    /// <exception cref="InvalidStateException">The lease table or a permission is missing.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask CheckpointAsync(KinesisRecord record, CancellationToken cancellationToken = default);

    /// <summary>Checkpoints everything up to and including a position.</summary>
    /// <param name="sequenceNumber">The sequence number of a delivered Kinesis record.</param>
    /// <param name="subSequenceNumber">The index within a KPL aggregate. The default is 0, the first record of the aggregate.</param>
    /// <param name="cancellationToken">Cancels waiting; a write already sent can still take effect.</param>
    /// <returns>A task that completes when the checkpoint is stored.</returns>
    /// <exception cref="InvalidCheckpointException">
    /// The position is before the last checkpoint, after the last delivered record, or not valid.
    /// </exception>
    /// <exception cref="LeaseLostException">The worker no longer holds the lease.</exception>
    /// <exception cref="ThrottlingException">The lease store rejected the write because of its rate; try again later.</exception>
    /// <exception cref="DependencyException">The lease store failed; try again later.</exception>
    /// <exception cref="InvalidStateException">The lease table or a permission is missing.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask CheckpointAsync(SequenceNumber sequenceNumber, long subSequenceNumber = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// Performs the first step of a two-phase checkpoint: stores a position and the application's state, without moving the checkpoint.
    /// </summary>
    /// <param name="position">The position of the checkpoint; null for everything delivered so far.</param>
    /// <param name="applicationState">
    /// The value of <see cref="InitializationInput.PendingCheckpointState"/> for the next processor if the second step is never performed.
    /// </param>
    /// <param name="cancellationToken">Cancels waiting; a write already sent can still take effect.</param>
    /// <returns>The prepared checkpoint, which performs the second step.</returns>
    /// <exception cref="NotSupportedException">
    /// The processor runs as a child of a multi-language daemon, whose protocol has no such message.
    /// </exception>
    /// <exception cref="InvalidCheckpointException">
    /// The position is before the last checkpoint, after the last delivered record, or not valid.
    /// </exception>
    /// <exception cref="LeaseLostException">The worker no longer holds the lease.</exception>
    /// <exception cref="ThrottlingException">The lease store rejected the write because of its rate; try again later.</exception>
    /// <exception cref="DependencyException">The lease store failed; try again later.</exception>
    /// <exception cref="InvalidStateException">The lease table or a permission is missing.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask<IPreparedCheckpoint> PrepareCheckpointAsync(
        ExtendedSequenceNumber? position = null,
        ReadOnlyMemory<byte> applicationState = default,
        CancellationToken cancellationToken = default);
}
