namespace Kcl;

/// <summary>Extension methods for <see cref="ICheckpointer"/>.</summary>
public static class CheckpointerExtensions
{
    /// <summary>Checkpoints everything delivered so far, and retries after transient failures.</summary>
    /// <remarks>
    /// Corresponds to <c>RetryingCheckpointErrorHandler</c> of Amazon's .NET package, with two differences: only transient failures are
    /// retried, and the last failure is thrown.
    /// </remarks>
    /// <param name="checkpointer">The checkpointer.</param>
    /// <param name="options">The number of retries and the pause between them; null for 10 retries, 3 seconds apart.</param>
    /// <param name="cancellationToken">Cancels the wait for an attempt or a pause; a write already sent can still take effect.</param>
    /// <exception cref="LeaseLostException">The worker no longer holds the lease.</exception>
    /// <exception cref="KclException">
    /// An attempt failed permanently, or every attempt failed. The exception is that of the last attempt.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    /// <exception cref="ConfigurationException"><paramref name="options"/> are not valid.</exception>
    public static ValueTask CheckpointWithRetriesAsync(
        this ICheckpointer checkpointer, CheckpointRetryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkpointer);
        return RetryAsync(checkpointer, record: null, options?.Freeze() ?? new(), cancellationToken);
    }

    /// <summary>Checkpoints everything up to and including a record, and retries after transient failures.</summary>
    /// <remarks>Only transient failures are retried, and the last failure is thrown.</remarks>
    /// <param name="checkpointer">The checkpointer.</param>
    /// <param name="record">A delivered record.</param>
    /// <param name="options">The number of retries and the pause between them; null for 10 retries, 3 seconds apart.</param>
    /// <param name="cancellationToken">Cancels the wait for an attempt or a pause; a write already sent can still take effect.</param>
    /// <exception cref="InvalidCheckpointException">The record is before the last checkpoint or was not delivered.</exception>
    /// <exception cref="LeaseLostException">The worker no longer holds the lease.</exception>
    /// <exception cref="KclException">
    /// An attempt failed permanently, or every attempt failed. The exception is that of the last attempt.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    /// <exception cref="ConfigurationException"><paramref name="options"/> are not valid.</exception>
    public static ValueTask CheckpointWithRetriesAsync(
        this ICheckpointer checkpointer,
        KinesisRecord record,
        CheckpointRetryOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkpointer);
        ArgumentNullException.ThrowIfNull(record);
        return RetryAsync(checkpointer, record, options?.Freeze() ?? new(), cancellationToken);
    }

    private static async ValueTask RetryAsync(
        ICheckpointer checkpointer, KinesisRecord? record, CheckpointRetryOptions options, CancellationToken cancellationToken)
    {
        for (var retriesLeft = options.MaxRetries; ; retriesLeft--)
        {
            try
            {
                var checkpoint = record is null
                    ? checkpointer.CheckpointAsync(cancellationToken)
                    : checkpointer.CheckpointAsync(record, cancellationToken);
                await checkpoint.ConfigureAwait(false);
                return;
            }
            catch (KclException exception) when (exception.IsTransient && retriesLeft > 0)
            {
                await Task.Delay(options.Delay, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
