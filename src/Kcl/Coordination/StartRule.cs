using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>Where a shard without a lease starts. Pure.</summary>
/// <param name="Position">The configured position.</param>
/// <param name="Stream">The present stream.</param>
/// <param name="Now">From which instant nothing is missed that is put from now on.</param>
/// <param name="History">The application's past.</param>
/// <param name="Keys">The keys of the stream's leases.</param>
internal sealed record StartRule(InitialPosition Position, StreamIdentity? Stream, DateTimeOffset Now, ApplicationHistory History, StreamLeaseKeys Keys)
{
    /// <summary>The rule for an application that has no leases.</summary>
    public static StartRule First(InitialPosition position, StreamIdentity? stream, DateTimeOffset now, StreamLeaseKeys keys) =>
        new(position, stream, now, new(HasProgressed: false, LookedAt: null, StartsOver: false), keys);

    /// <summary>Whether shards start in the past, so that a shard is reached through its oldest ancestors, and not at the tip.</summary>
    public bool FromThePast => IsLatest ? History.StartsOver || History.HasProgressed || History.LookedAt is not null : true;

    private bool IsLatest => Position.Checkpoint == ExtendedSequenceNumber.Latest;

    // After a change of the configured instant the earlier of the two counts: too much rather than too little.
    private DateTimeOffset? Instant => Position.Timestamp is not { } configured ? (IsLatest ? History.LookedAt : null)
        : History.LookedAt < configured ? History.LookedAt
        : configured;

    /// <summary>
    /// Whether a closed shard has nothing for this application: it was closed before the instant from which the application reads.
    /// </summary>
    public bool IsOver(Shard shard) =>
        !History.StartsOver && Instant is { } instant && shard.EndingSequenceNumber is { } end && SequenceNumberFields.Of(end) is { } fields && fields.RecordedAt < instant - StartInstant.Margin;

    /// <summary>A new lease at the application's start.</summary>
    /// <param name="shard">The shard.</param>
    public Lease New(Shard shard)
    {
        if (History.StartsOver || Position.Checkpoint == ExtendedSequenceNumber.TrimHorizon)
        {
            return New(shard, ExtendedSequenceNumber.TrimHorizon, start: null);
        }

        if (!IsLatest)
        {
            return New(shard, ExtendedSequenceNumber.AtTimestamp, Instant);
        }

        // A shard that is younger than the application's first look holds nothing that was put before it.
        return (IsYounger(shard), History) switch
        {
            (true, _) => New(shard, ExtendedSequenceNumber.TrimHorizon, start: null),
            (false, { LookedAt: { } lookedAt }) => New(shard, ExtendedSequenceNumber.Latest, lookedAt),
            (_, { HasProgressed: true }) => New(shard, ExtendedSequenceNumber.TrimHorizon, start: null),
            (_, { LookedAt: var lookedAt }) => New(shard, ExtendedSequenceNumber.Latest, lookedAt ?? Now),
        };
    }

    /// <summary>A new lease of a shard whose parents are all finished.</summary>
    /// <param name="shard">The shard.</param>
    public Lease NewAfterParents(Shard shard) => !History.StartsOver && Position.Timestamp is not null
        ? New(shard, ExtendedSequenceNumber.AtTimestamp, Instant)
        : New(shard, ExtendedSequenceNumber.TrimHorizon, start: null);

    private bool? IsYounger(Shard shard) => History.LookedAt is { } lookedAt && SequenceNumberFields.Of(shard.StartingSequenceNumber) is { } fields ? fields.ShardCreatedAt > lookedAt : null;

    private Lease New(Shard shard, ExtendedSequenceNumber checkpoint, DateTimeOffset? start) => new()
    {
        Key = Keys.For(shard.ShardId),
        ShardId = shard.ShardId,
        Checkpoint = checkpoint,
        ParentShardIds = shard.Parents,
        HashKeyRange = shard.HashKeyRange,
        PrivateAttributes = LeaseAnnotations.Of(Stream, start is { } instant ? new LeaseStart(instant) : null),
    };
}
