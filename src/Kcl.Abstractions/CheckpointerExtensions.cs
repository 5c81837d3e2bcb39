namespace Kcl;

/// <summary>What is built from the calls of <see cref="ICheckpointer"/>.</summary>
public static class CheckpointerExtensions
{
    /// <summary>Checkpoints, and where that fails for a reason that may pass, waits and tries again.</summary>
    /// <remarks>The older .NET package's <c>RetryingCheckpointErrorHandler</c>, except that what cannot succeed is not tried again and the last failure is thrown instead of swallowed.</remarks>
    /// <param name="checkpointer">The checkpointer.</param>
    /// <param name="record">Checkpoint up to and including this record; null for everything delivered so far.</param>
    /// <param name="retries">How often to try again; at least 0.</param>
    /// <param name="delay">The pause before each further try; null for 3 seconds.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <param name="cancellationToken">Stops waiting and trying.</param>
    /// <exception cref="LeaseLostException">Another worker owns the shard now.</exception>
    /// <exception cref="InvalidCheckpointException">The record is before the last checkpoint or was not delivered.</exception>
    /// <exception cref="KclException">The last try failed too.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="retries"/> is negative.</exception>
    public static async ValueTask CheckpointWithRetriesAsync(
        this ICheckpointer checkpointer, KinesisRecord? record = null, int retries = 10, TimeSpan? delay = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkpointer);
        ArgumentOutOfRangeException.ThrowIfNegative(retries);
        for (var left = retries; ; left--)
        {
            try
            {
                if (record is null)
                {
                    await checkpointer.CheckpointAsync(cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await checkpointer.CheckpointAsync(record, cancellationToken).ConfigureAwait(false);
                }

                return;
            }
            catch (KclException e) when (e.IsTransient && left > 0)
            {
                await Task.Delay(delay ?? TimeSpan.FromSeconds(3), timeProvider ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
