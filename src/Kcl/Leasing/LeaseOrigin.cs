using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing;

/// <summary>The stream to which a lease belongs, concluded from its private attributes and from the instants in its checkpoint.</summary>
internal enum LeaseOrigin
{
    /// <summary>It belongs to the present stream.</summary>
    Current,

    /// <summary>It does not say to which stream it belongs, and nothing contradicts the present one.</summary>
    Unknown,

    /// <summary>It belongs to an earlier stream of the same name, which was deleted.</summary>
    Earlier,

    /// <summary>Its checkpoint cannot have come from the present stream.</summary>
    Contradicted,

    /// <summary>It belongs to another stream.</summary>
    Foreign,
}

/// <summary>Finds out to which stream leases belong. Pure.</summary>
internal static class LeaseOrigins
{
    // The hosts of the service that record the creation of a stream and its first records may have clocks that differ.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    // Twice the tolerance used elsewhere, because here no later look corrects the result.
    private static readonly TimeSpan MaxListDelay = ShardAbsence.MaxListDelay * 2;

    // The service keeps records for 24 hours or longer (IncreaseStreamRetentionPeriod).
    private static readonly TimeSpan ShortestRetention = TimeSpan.FromHours(24);

    /// <summary>Returns the origin of a lease.</summary>
    /// <param name="lease">The row.</param>
    /// <param name="stream">The present stream.</param>
    /// <param name="listed">The lease's shard in the present stream; null if it is not listed, or if no list was read.</param>
    public static LeaseOrigin Judge(Lease lease, StreamIdentity stream, Shard? listed)
    {
        var fits = Fits(lease.Checkpoint, stream, listed);
        var remembered = LeaseAnnotations.StreamOf(lease);
        return remembered?.To(stream) switch
        {
            null => fits == false ? LeaseOrigin.Contradicted : LeaseOrigin.Unknown,
            StreamRelation.Same => fits == false ? LeaseOrigin.Contradicted : LeaseOrigin.Current,

            // A worker that does not know these attributes, for example of the Java KCL, continued in the present stream.
            StreamRelation.Earlier when fits == true && !HasSameNumbers(remembered, stream) => LeaseOrigin.Current,
            StreamRelation.Earlier => LeaseOrigin.Earlier,
            _ => LeaseOrigin.Foreign,
        };
    }

    /// <summary>
    /// Returns whether a checkpoint is of the present stream; null if its number does not show it.
    /// </summary>
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
    /// Returns whether a checkpoint shows that its shard cannot belong to a stream that does not list it: streams list their shards for at
    /// least as long as they keep records, and the record is younger.
    /// </summary>
    /// <param name="checkpoint">The checkpoint of a lease whose shard is not listed.</param>
    /// <param name="now">The service's present time, or a little earlier.</param>
    public static bool IsMissing(ExtendedSequenceNumber checkpoint, DateTimeOffset now) =>
        checkpoint.IsNumber && SequenceNumberFields.Of(checkpoint.SequenceNumber) is { } fields
        && fields.RecordedAt > now - ShortestRetention && fields.ShardCreatedAt < now - MaxListDelay;

    // Sequence numbers contain the second in which a shard was created. A local server can replace a stream within one second; reading a
    // shard again is then safe.
    private static bool HasSameNumbers(StreamIdentity earlier, StreamIdentity present) =>
        earlier.CreatedAt is { } before && present.CreatedAt is { } now && before.ToUnixTimeSeconds() == now.ToUnixTimeSeconds();
}
