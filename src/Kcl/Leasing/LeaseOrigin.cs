using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing;

/// <summary>Whose lease a row is, judged by what it remembers of its stream and by the instants in its checkpoint. Pure.</summary>
internal enum LeaseOrigin
{
    /// <summary>It belongs to the present stream.</summary>
    Current,

    /// <summary>Nothing says which stream it belongs to, and nothing speaks against the present one.</summary>
    Unknown,

    /// <summary>It belongs to an earlier stream of the same name, which was deleted.</summary>
    Earlier,

    /// <summary>Its checkpoint cannot have come from the present stream.</summary>
    Contradicted,

    /// <summary>It belongs to another stream.</summary>
    Foreign,
}

/// <summary>Decides about the origin of leases. Pure.</summary>
internal static class LeaseOrigins
{
    // Hosts of the service may stamp the creation of a stream and its first records by clocks that differ.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    // Twice what is allowed for elsewhere: here nobody looks again.
    private static readonly TimeSpan MaxListDelay = ShardAbsence.MaxListDelay * 2;

    // The service keeps records for 24 hours or longer (IncreaseStreamRetentionPeriod).
    private static readonly TimeSpan ShortestRetention = TimeSpan.FromHours(24);

    /// <summary>Judges a lease.</summary>
    /// <param name="lease">The row.</param>
    /// <param name="stream">The present stream.</param>
    /// <param name="listed">The lease's shard in the present stream; null where it is not listed, or where no list was read.</param>
    public static LeaseOrigin Judge(Lease lease, StreamIdentity stream, Shard? listed)
    {
        var fits = Fits(lease.Checkpoint, stream, listed);
        var remembered = LeaseAnnotations.StreamOf(lease);
        return remembered?.To(stream) switch
        {
            null => fits == false ? LeaseOrigin.Contradicted : LeaseOrigin.Unknown,
            StreamRelation.Same => fits == false ? LeaseOrigin.Contradicted : LeaseOrigin.Current,

            // A worker that knows nothing of identities, Java's for example, has gone on in the present stream.
            StreamRelation.Earlier when fits == true && !HasSameNumbers(remembered, stream) => LeaseOrigin.Current,
            StreamRelation.Earlier => LeaseOrigin.Earlier,
            _ => LeaseOrigin.Foreign,
        };
    }

    /// <summary>
    /// Whether a checkpoint has come from the present stream: true or false where its number tells, null where it does not.
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
    /// Whether a checkpoint shows that its shard cannot be one of a stream that does not list it: streams list their shards for at least as long as
    /// they keep records, and the record is younger.
    /// </summary>
    /// <param name="checkpoint">The checkpoint of a lease whose shard is not listed.</param>
    /// <param name="now">The service's present time, or a little earlier.</param>
    public static bool IsMissing(ExtendedSequenceNumber checkpoint, DateTimeOffset now) =>
        checkpoint.IsNumber && SequenceNumberFields.Of(checkpoint.SequenceNumber) is { } fields
        && fields.RecordedAt > now - ShortestRetention && fields.ShardCreatedAt < now - MaxListDelay;

    // Sequence numbers tell the second in which a shard was created. A local server can replace a stream within one: to read a shard again
    // is then the safe side.
    private static bool HasSameNumbers(StreamIdentity earlier, StreamIdentity present) =>
        earlier.CreatedAt is { } before && present.CreatedAt is { } now && before.ToUnixTimeSeconds() == now.ToUnixTimeSeconds();
}
