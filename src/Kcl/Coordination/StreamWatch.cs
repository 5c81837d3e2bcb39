using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>
/// Which stream this worker reads: looked up at the start, and again from time to time, since a stream may be deleted and created again
/// under the same name.
/// </summary>
internal sealed class StreamWatch(LeasingServices context, IKinesisClient kinesis, StreamIdentifier stream)
{
    private StreamIdentity? _identity;
    private StreamSnapshot? _described;

    /// <summary>Gets the keys of the stream's leases.</summary>
    public StreamLeaseKeys Keys { get; } = new(stream);

    /// <summary>The stream as configured.</summary>
    public StreamIdentifier Name => stream;

    /// <summary>The stream as last described; null before the first look.</summary>
    public StreamIdentity? Identity => Volatile.Read(ref _identity);

    /// <summary>The last description of the stream; null before the first look.</summary>
    public StreamSnapshot? Described => Volatile.Read(ref _described);

    /// <summary>From which instant nothing is missed that is put from now on.</summary>
    public DateTimeOffset Now => StartInstant.Now(kinesis, context.Time);

    /// <summary>Waits until the stream can be read.</summary>
    /// <exception cref="InvalidStateException">There is no such stream, or it is being deleted.</exception>
    public async Task AwaitAsync(CancellationToken cancellationToken)
    {
        var told = false;
        for (var looks = 1; ; looks++)
        {
            if (await LookAsync(cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            if (!told)
            {
                told = true;
                CoordinationLog.StreamIsBeingCreated(context.Logger, stream);
            }

            await Task.Delay(Backoff.Compute(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(3), default, looks, 1), context.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Looks at the stream once.</summary>
    /// <returns>Whether it can be read; false while it is being created.</returns>
    /// <exception cref="InvalidStateException">There is no such stream, or it is being deleted.</exception>
    public async ValueTask<bool> LookAsync(CancellationToken cancellationToken)
    {
        StreamDescriptionSummary summary;
        var asked = context.Time.GetUtcNow();
        try
        {
            summary = await kinesis.DescribeStreamSummaryAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceNotFound)
        {
            throw new InvalidStateException($"Stream {stream} does not exist. Create it, or check its name, the region, the endpoint and whose credentials are used. {exception.Message}", exception);
        }

        switch (summary.Status)
        {
            case StreamStatus.Active or StreamStatus.Updating:
                Volatile.Write(ref _described, new(summary, asked));
                var seen = StreamIdentity.Of(summary);

                // A description may be a moment behind; a stream does not grow older.
                if (Identity is not { } known || seen.To(known) != StreamRelation.Earlier)
                {
                    Volatile.Write(ref _identity, seen);
                }

                return true;
            case StreamStatus.Deleting:
                throw new InvalidStateException($"Stream {stream} is being deleted. Create it again when that is done, or check its name, the region and the endpoint.");
            default:
                return false;
        }
    }
}
