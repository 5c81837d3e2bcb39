using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing;

/// <summary>Specifies to which stream a lease belongs, as its private attributes and the times in its checkpoint show.</summary>
internal enum LeaseOrigin
{
    /// <summary>The lease belongs to the current stream.</summary>
    Current,

    /// <summary>The lease names no stream, and its checkpoint can be a position of the current one.</summary>
    Unknown,

    /// <summary>The lease belongs to an earlier stream of the same name, which was deleted.</summary>
    Earlier,

    /// <summary>Its checkpoint cannot be a position of the current stream.</summary>
    Contradicted,

    /// <summary>The lease belongs to another stream.</summary>
    Foreign,
}

/// <summary>Determines to which stream leases belong. Pure functions.</summary>
internal static class LeaseOrigins
{
    // The hosts of the service that record the creation of a stream and its first records may have clocks that differ.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    // Twice the tolerance used elsewhere, because no later list corrects this result.
    private static readonly TimeSpan MaxListDelay = ShardAbsence.MaxListDelay * 2;

    // The service keeps records for 24 hours or longer (IncreaseStreamRetentionPeriod).
    private static readonly TimeSpan ShortestRetention = TimeSpan.FromHours(24);

    /// <summary>Returns the origin of a lease.</summary>
    /// <param name="lease">The row.</param>
    /// <param name="stream">The current stream.</param>
    /// <param name="listed">The lease's shard in the current stream; null if it is not listed, or if no list was read.</param>
    public static LeaseOrigin Determine(Lease lease, StreamIdentity stream, Shard? listed)
    {
        var fits = Fits(lease.Checkpoint, stream, listed);
        var remembered = LeaseAnnotations.StreamOf(lease);
        return remembered?.To(stream) switch
        {
            null => fits == false ? LeaseOrigin.Contradicted : LeaseOrigin.Unknown,
            StreamRelation.Same => fits == false ? LeaseOrigin.Contradicted : LeaseOrigin.Current,

            // A worker that does not know these attributes, for example a Java worker, continued in the current stream.
            StreamRelation.Earlier when fits == true && !HasSameNumbers(remembered, stream) => LeaseOrigin.Current,
            StreamRelation.Earlier => LeaseOrigin.Earlier,
            _ => LeaseOrigin.Foreign,
        };
    }

    /// <summary>Returns whether a checkpoint is a position of the current stream; null if its number does not show this.</summary>
    public static bool? Fits(ExtendedSequenceNumber checkpoint, StreamIdentity stream, Shard? listed)
    {
        if (!checkpoint.IsNumber || SequenceNumberFields.Of(checkpoint.SequenceNumber) is not { } fields)
        {
            return null;
        }

        if (listed is not null && SequenceNumberFields.Of(listed.StartingSequenceNumber) is { } start)
        {
            return fields.ShardCreatedAt == start.ShardCreatedAt && checkpoint.SequenceNumber >= listed.StartingSequenceNumber;
        }

        return stream.CreatedAt is not { } createdAt ? null
            : fields.RecordedAt < createdAt - ClockTolerance ? false
            : fields.ShardCreatedAt.ToUnixTimeSeconds() >= createdAt.ToUnixTimeSeconds() ? true
            : null;
    }

    /// <summary>
    /// Returns whether a checkpoint whose shard is not listed cannot be a position of the stream. A stream lists a shard for at least as
    /// long as it keeps its records, so the shard of a record that is not older than that would be listed.
    /// </summary>
    /// <param name="checkpoint">The checkpoint of a lease whose shard is not listed.</param>
    /// <param name="now">A safe start time.</param>
    public static bool IsMissing(ExtendedSequenceNumber checkpoint, DateTimeOffset now) =>
        checkpoint.IsNumber && SequenceNumberFields.Of(checkpoint.SequenceNumber) is { } fields
        && fields.RecordedAt > now - ShortestRetention && fields.ShardCreatedAt < now - MaxListDelay;

    // Sequence numbers contain the second in which a shard was created. On a local server, a stream can be re-created within one second.
    // The numbers then show nothing, and the shard is read again.
    private static bool HasSameNumbers(StreamIdentity earlier, StreamIdentity current) =>
        earlier.CreatedAt is { } before && current.CreatedAt is { } now && before.ToUnixTimeSeconds() == now.ToUnixTimeSeconds();
}
