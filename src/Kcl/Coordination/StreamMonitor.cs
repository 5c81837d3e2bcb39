using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>
/// Tracks the stream that this worker reads. The stream is described at startup and then regularly, because it may be re-created under the
/// same name.
/// </summary>
/// <param name="services">The services of the coordination.</param>
/// <param name="kinesis">The client.</param>
/// <param name="stream">The stream as configured.</param>
internal sealed class StreamMonitor(CoordinationServices services, IKinesisClient kinesis, StreamIdentifier stream)
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxPoll = TimeSpan.FromSeconds(3);
    private StreamIdentity? _identity;
    private StreamSnapshot? _snapshot;

    /// <summary>Gets the stream as configured.</summary>
    public StreamIdentifier Stream => stream;

    /// <summary>Gets the keys of the stream's leases.</summary>
    public StreamLeaseKeys Keys { get; } = new(stream);

    /// <summary>Gets the identity of the stream as last described; null before the first description.</summary>
    public StreamIdentity? Identity => Volatile.Read(ref _identity);

    /// <summary>Gets the last description of the stream; null before the first one.</summary>
    public StreamSnapshot? Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Gets a safe start time.</summary>
    public DateTimeOffset Now => StartInstant.Now(kinesis, services.Time);

    /// <summary>Waits until the stream can be read.</summary>
    /// <exception cref="InvalidStateException">The stream does not exist, or is being deleted.</exception>
    public async Task WaitUntilActiveAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; !await RefreshAsync(cancellationToken).ConfigureAwait(false); attempt++)
        {
            if (attempt == 1)
            {
                CoordinationLog.StreamIsBeingCreated(services.Logger, stream);
            }

            var pause = Backoff.Compute(FirstPoll, MaxPoll, floor: default, attempt, jitter: 1);
            await Task.Delay(pause, services.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Describes the stream once.</summary>
    /// <returns>True if the stream can be read; otherwise, false: the stream is being created.</returns>
    /// <exception cref="InvalidStateException">The stream does not exist, or is being deleted.</exception>
    public async ValueTask<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        StreamDescriptionSummary summary;
        var requestedAt = services.Time.GetUtcNow();
        try
        {
            summary = await kinesis.DescribeStreamSummaryAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceNotFound)
        {
            throw new InvalidStateException(
                $"Stream {stream} does not exist. Create it, or check its name, the region, the endpoint and the account of the "
                + "credentials. " + (exception.Problem ?? exception.Message),
                exception);
        }

        switch (summary.Status)
        {
            case StreamStatus.Active or StreamStatus.Updating:
                Volatile.Write(ref _snapshot, new(summary, requestedAt));
                var described = StreamIdentity.Of(summary);

                // A description may be outdated. A stream that was created earlier does not replace the known one.
                if (Identity is not { } known || described.To(known) != StreamRelation.Earlier)
                {
                    Volatile.Write(ref _identity, described);
                }

                return true;
            case StreamStatus.Deleting:
                throw new InvalidStateException(
                    $"Stream {stream} is being deleted. Re-create it after that, or check its name, the region and the "
                    + "endpoint.");
            default:
                return false;
        }
    }
}
