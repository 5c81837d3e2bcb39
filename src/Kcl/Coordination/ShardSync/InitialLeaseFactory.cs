using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>Creates the first lease of a shard, and decides where it starts. Its methods are pure functions.</summary>
/// <param name="Start">The configured position.</param>
/// <param name="Stream">The current stream.</param>
/// <param name="Now">A safe start time.</param>
/// <param name="History">The application's past.</param>
/// <param name="Keys">The keys of the stream's leases.</param>
internal sealed record InitialLeaseFactory(
    StartPosition Start, StreamIdentity? Stream, DateTimeOffset Now, ApplicationHistory History, StreamLeaseKeys Keys)
{
    /// <summary>Gets a value indicating whether shards start in the past, so that their ancestors must be read first.</summary>
    public bool StartsInPast => !Start.IsLatest || History.HasEarlierStream || History.HasProgressed || History.ObservedSince is not null;

    // If the configured time was changed, the earlier time is used: records are delivered again rather than skipped.
    private DateTimeOffset? Instant =>
        Start.IsLatest ? History.ObservedSince
        : Start.Instant is { } configured && History.ObservedSince < configured ? History.ObservedSince
        : Start.Instant;

    /// <summary>Returns the factory for an application that has no leases.</summary>
    public static InitialLeaseFactory WithoutHistory(
        StartPosition start, StreamIdentity? stream, DateTimeOffset now, StreamLeaseKeys keys) =>
        new(start, stream, now, ApplicationHistory.None, keys);

    /// <summary>
    /// Returns whether a closed shard has no records for this application, because it was closed before the time at which the application
    /// starts.
    /// </summary>
    public bool EndedBeforeStart(Shard shard) =>
        !History.HasEarlierStream && Instant is { } instant
        && shard.EndingSequenceNumber is { } end && SequenceNumberFields.Of(end) is { } fields
        && fields.RecordedAt < instant - StartInstant.Margin;

    /// <summary>Creates the lease of a shard that descends from no shard with a lease.</summary>
    public Lease Create(Shard shard)
    {
        if (History.HasEarlierStream)
        {
            return Create(shard, StartPosition.TrimHorizon);
        }

        if (!Start.IsLatest)
        {
            return Create(shard, Start.WithInstant(Instant));
        }

        // A shard that was created after the application first described the stream has no older records.
        return (IsCreatedAfterFirstObservation(shard), History) switch
        {
            (true, _) => Create(shard, StartPosition.TrimHorizon),
            (false, { ObservedSince: { } since }) => Create(shard, StartPosition.Latest(since)),
            (_, { HasProgressed: true }) => Create(shard, StartPosition.TrimHorizon),
            (_, { ObservedSince: var since }) => Create(shard, StartPosition.Latest(since ?? Now)),
        };
    }

    /// <summary>Creates the lease of a shard whose parents are all finished.</summary>
    public Lease CreateAfterParents(Shard shard) =>
        Create(shard, History.HasEarlierStream ? StartPosition.TrimHorizon : Start.WithInstant(Instant).ForChild());

    private bool? IsCreatedAfterFirstObservation(Shard shard) =>
        History.ObservedSince is { } since && SequenceNumberFields.Of(shard.StartingSequenceNumber) is { } fields
            ? fields.ShardCreatedAt > since
            : null;

    private Lease Create(Shard shard, StartPosition position) => new()
    {
        Key = Keys.For(shard.ShardId),
        ShardId = shard.ShardId,
        Checkpoint = position.Checkpoint,
        ParentShardIds = shard.Parents,
        HashKeyRange = shard.HashKeyRange,
        PrivateAttributes = LeaseAnnotations.Of(Stream, position.Instant is { } instant ? new StoredStartTime(instant) : null),
    };
}
