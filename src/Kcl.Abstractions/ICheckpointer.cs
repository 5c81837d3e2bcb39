namespace Kcl;

/// <summary>Stores how far one shard was processed: forward only, never past what was delivered, never without the lease.</summary>
/// <remarks>
/// A position equal to the last checkpoint succeeds without a write. Every failure is a <see cref="KclException"/>; where
/// <see cref="KclException.IsTransient"/> says so, trying again later may succeed.
/// </remarks>
public interface ICheckpointer
{
    /// <summary>Checkpoints everything delivered so far; once the shard has ended, its end. Records whose <see cref="IShardRecordProcessor.ProcessRecordsAsync"/> failed do not count after that call: they are delivered again.</summary>
    /// <param name="cancellationToken">Stops waiting; a write already sent may still take effect.</param>
    /// <returns>Completes when the checkpoint is stored.</returns>
    /// <exception cref="LeaseLostException">Another worker owns the shard now.</exception>
    /// <exception cref="ThrottlingException">The store asks for patience; try again later.</exception>
    /// <exception cref="DependencyException">The store failed; try again later.</exception>
    ValueTask CheckpointAsync(CancellationToken cancellationToken = default);

    /// <summary>Checkpoints everything up to and including <paramref name="record"/>.</summary>
    /// <param name="record">A delivered record.</param>
    /// <param name="cancellationToken">Stops waiting; a write already sent may still take effect.</param>
    /// <returns>Completes when the checkpoint is stored.</returns>
    /// <exception cref="InvalidCheckpointException">The record is before the last checkpoint or was not delivered.</exception>
    /// <exception cref="LeaseLostException">Another worker owns the shard now.</exception>
    /// <exception cref="ThrottlingException">The store asks for patience; try again later.</exception>
    /// <exception cref="DependencyException">The store failed; try again later.</exception>
    ValueTask CheckpointAsync(KinesisRecord record, CancellationToken cancellationToken = default);

    /// <summary>Checkpoints everything up to and including a position.</summary>
    /// <param name="sequenceNumber">The number of a delivered Kinesis record.</param>
    /// <param name="subSequenceNumber">The index inside a KPL aggregate; 0, not the last of the aggregate, where omitted.</param>
    /// <param name="cancellationToken">Stops waiting; a write already sent may still take effect.</param>
    /// <returns>Completes when the checkpoint is stored.</returns>
    /// <exception cref="InvalidCheckpointException">The position is before the last checkpoint, after the last delivered record, or no position.</exception>
    /// <exception cref="LeaseLostException">Another worker owns the shard now.</exception>
    /// <exception cref="ThrottlingException">The store asks for patience; try again later.</exception>
    /// <exception cref="DependencyException">The store failed; try again later.</exception>
    ValueTask CheckpointAsync(SequenceNumber sequenceNumber, long subSequenceNumber = 0, CancellationToken cancellationToken = default);

    /// <summary>First half of a two-phase checkpoint: stores a position, and the application's state with it, without moving the checkpoint.</summary>
    /// <param name="position">Where the checkpoint is to be; null for everything delivered so far.</param>
    /// <param name="applicationState">What <see cref="InitializationInput.PendingCheckpointState"/> is to show should the second half never happen.</param>
    /// <param name="cancellationToken">Stops waiting; a write already sent may still take effect.</param>
    /// <returns>The second half.</returns>
    /// <exception cref="InvalidCheckpointException">As for <see cref="CheckpointAsync(SequenceNumber, long, CancellationToken)"/>; or this processor runs as a child of a multi-language daemon, whose protocol has no such message.</exception>
    /// <exception cref="LeaseLostException">Another worker owns the shard now.</exception>
    /// <exception cref="ThrottlingException">The store asks for patience; try again later.</exception>
    /// <exception cref="DependencyException">The store failed; try again later.</exception>
    ValueTask<IPreparedCheckpoint> PrepareCheckpointAsync(ExtendedSequenceNumber? position = null, ReadOnlyMemory<byte> applicationState = default, CancellationToken cancellationToken = default);
}

/// <summary>A checkpoint that was prepared and waits to be completed.</summary>
public interface IPreparedCheckpoint
{
    /// <summary>The prepared position.</summary>
    ExtendedSequenceNumber Position { get; }

    /// <summary>Second half: moves the checkpoint to <see cref="Position"/> and clears what was pending.</summary>
    /// <param name="cancellationToken">Stops waiting; a write already sent may still take effect.</param>
    /// <returns>Completes when the checkpoint is stored.</returns>
    /// <exception cref="InvalidCheckpointException">The checkpoint has passed the position since.</exception>
    /// <exception cref="LeaseLostException">Another worker owns the shard now.</exception>
    /// <exception cref="ThrottlingException">The store asks for patience; try again later.</exception>
    /// <exception cref="DependencyException">The store failed; try again later.</exception>
    ValueTask CheckpointAsync(CancellationToken cancellationToken = default);
}
