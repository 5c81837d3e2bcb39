namespace Kcl;

/// <summary>Extension methods for <see cref="ICheckpointer"/>.</summary>
public static class CheckpointerExtensions
{
    /// <summary>Checkpoints everything delivered so far, and retries after transient failures.</summary>
    /// <remarks>
    /// Replaces the older .NET package's <c>RetryingCheckpointErrorHandler</c>, except that a failure that is not transient is not retried,
    /// and that the last failure is thrown.
    /// </remarks>
    /// <param name="checkpointer">The checkpointer.</param>
    /// <param name="options">The number of retries and the pause between them; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the attempt and the retries.</param>
    /// <exception cref="LeaseLostException">The worker no longer holds the lease.</exception>
    /// <exception cref="KclException">The last attempt failed too.</exception>
    /// <exception cref="ConfigurationException"><paramref name="options"/> are not valid.</exception>
    public static ValueTask CheckpointWithRetriesAsync(
        this ICheckpointer checkpointer, CheckpointRetryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkpointer);
        return RetryAsync(checkpointer, record: null, options?.Freeze() ?? new(), cancellationToken);
    }

    /// <summary>Checkpoints everything up to and including a record, and retries after transient failures.</summary>
    /// <param name="checkpointer">The checkpointer.</param>
    /// <param name="record">A delivered record.</param>
    /// <param name="options">The number of retries and the pause between them; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the attempt and the retries.</param>
    /// <exception cref="InvalidCheckpointException">The record is before the last checkpoint or was not delivered.</exception>
    /// <exception cref="LeaseLostException">The worker no longer holds the lease.</exception>
    /// <exception cref="KclException">The last attempt failed too.</exception>
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
        for (var left = options.MaxRetries; ; left--)
        {
            try
            {
                var attempt = record is null
                    ? checkpointer.CheckpointAsync(cancellationToken)
                    : checkpointer.CheckpointAsync(record, cancellationToken);
                await attempt.ConfigureAwait(false);
                return;
            }
            catch (KclException exception) when (exception.IsTransient && left > 0)
            {
                await Task.Delay(options.Delay, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
