namespace Kcl;

/// <summary>A checkpoint that was prepared and not yet completed.</summary>
public interface IPreparedCheckpoint
{
    /// <summary>Gets the prepared position.</summary>
    ExtendedSequenceNumber Position { get; }

    /// <summary>
    /// Second half of a two-phase checkpoint: moves the checkpoint to <see cref="Position"/> and deletes the prepared state.
    /// </summary>
    /// <param name="cancellationToken">Cancels waiting; a write already sent can still take effect.</param>
    /// <returns>A task that completes when the checkpoint is stored.</returns>
    /// <exception cref="InvalidCheckpointException">The checkpoint is past the position by now.</exception>
    /// <exception cref="LeaseLostException">The worker no longer holds the lease.</exception>
    /// <exception cref="ThrottlingException">The lease store throttles; try again later.</exception>
    /// <exception cref="DependencyException">The lease store failed; try again later.</exception>
    ValueTask CheckpointAsync(CancellationToken cancellationToken = default);
}
