namespace Kcl;

/// <summary>A checkpoint that was prepared but not completed yet.</summary>
public interface IPreparedCheckpoint
{
    /// <summary>Gets the prepared position.</summary>
    ExtendedSequenceNumber Position { get; }

    /// <summary>
    /// Performs the second step of a two-phase checkpoint: moves the checkpoint to <see cref="Position"/> and deletes the prepared state.
    /// </summary>
    /// <param name="cancellationToken">Cancels waiting; a write already sent can still take effect.</param>
    /// <returns>A task that completes when the checkpoint is stored.</returns>
    /// <exception cref="InvalidCheckpointException">The last checkpoint is already after the position.</exception>
    /// <exception cref="LeaseLostException">The worker no longer holds the lease.</exception>
    /// <exception cref="ThrottlingException">The lease store rejected the write because of its rate; try again later.</exception>
    /// <exception cref="DependencyException">The lease store failed; try again later.</exception>
    /// <exception cref="InvalidStateException">The lease table or a permission is missing.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask CheckpointAsync(CancellationToken cancellationToken = default);
}
