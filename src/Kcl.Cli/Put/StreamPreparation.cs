using Kcl.Kinesis;

namespace Kcl.Cli.Put;

/// <summary>Creates a stream if it does not exist, and waits until it is active.</summary>
/// <param name="kinesis">The service.</param>
/// <param name="time">The clock.</param>
/// <param name="pollInterval">The pause between two checks of a stream that is not active yet.</param>
internal sealed class StreamPreparation(IKinesisClient kinesis, TimeProvider time, TimeSpan pollInterval)
{
    /// <summary>Prepares a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardsIfCreated">The number of shards of a new stream.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>True if the stream was created; otherwise, false.</returns>
    /// <exception cref="InvalidStateException">The stream is being deleted, or was deleted during the wait.</exception>
    public async Task<bool> EnsureActiveAsync(StreamName stream, int shardsIfCreated, CancellationToken cancellationToken)
    {
        var created = false;
        if (await TryDescribeAsync(stream, cancellationToken).ConfigureAwait(false) is null)
        {
            try
            {
                await kinesis.CreateStreamAsync(stream, shardsIfCreated, cancellationToken).ConfigureAwait(false);
                created = true;
            }
            catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceInUse)
            {
                // Another process created the stream between the two calls.
            }
        }

        while (true)
        {
            switch (await TryDescribeAsync(stream, cancellationToken).ConfigureAwait(false))
            {
                case StreamStatus.Active or StreamStatus.Updating:
                    return created;
                case StreamStatus.Deleting:
                    throw new InvalidStateException(
                        $"Stream '{stream}' is being deleted. Try again when it has been deleted, or specify another stream.");
                case null when !created:
                    throw new InvalidStateException($"Stream '{stream}' was deleted while kcl waited for it to become active. Try again.");
            }

            await Task.Delay(pollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<StreamStatus?> TryDescribeAsync(StreamName stream, CancellationToken cancellationToken)
    {
        try
        {
            return (await kinesis.DescribeStreamSummaryAsync(stream, cancellationToken).ConfigureAwait(false)).Status;
        }
        catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceNotFound)
        {
            return null;
        }
    }
}
