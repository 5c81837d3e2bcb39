using System.Globalization;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>Determines what is wrong with the leases of a stream, and which writes repair it. It has no side effects.</summary>
internal sealed class LeaseReview
{
    private readonly StreamIdentity _stream;
    private readonly List<Lease> _foreign = [];
    private readonly List<Lease> _contradicted = [];
    private readonly List<Lease> _toRestart = [];
    private readonly List<Lease> _toContinue = [];
    private readonly List<Lease> _toRemove = [];
    private readonly List<Lease> _contradictedEnds = [];
    private readonly List<LeaseRepair> _descriptiveWrites = [];

    private LeaseReview(StreamIdentity stream) => _stream = stream;

    /// <summary>Gets a value indicating whether the stream was re-created after some of the leases were written.</summary>
    public bool IsRecreated => _toRestart.Count + _toContinue.Count + _toRemove.Count > 0;

    /// <summary>
    /// Gets the keys of the leases that do not describe shards of the current stream, because they belong to an earlier stream.
    /// </summary>
    public IReadOnlySet<LeaseKey> Stale => _toRestart.Concat(_toContinue).Concat(_toRemove).Select(l => l.Key).ToHashSet();

    /// <summary>
    /// Gets the leases that must not keep their checkpoint: they belong to an earlier stream of the same name, and the current stream has a
    /// shard with their id. They restart at the oldest record of their shard.
    /// </summary>
    public IReadOnlyList<Lease> LeasesToRestart => _toRestart;

    /// <summary>
    /// Gets the leases of an earlier stream whose checkpoint is already a position of the current one. They keep their checkpoint, but
    /// their parents and hash keys are those of the earlier shard.
    /// </summary>
    public IReadOnlyList<Lease> LeasesToContinue => _toContinue;

    /// <summary>Gets the leases of an earlier stream for which the current stream has no shard.</summary>
    public IReadOnlyList<Lease> LeasesToRemove => _toRemove;

    /// <summary>Gets the leases at <c>SHARD_END</c> whose shard is listed as open. The list may be outdated.</summary>
    public IReadOnlyList<Lease> ContradictedEnds => _contradictedEnds;

    /// <summary>Gets the writes of descriptive attributes. They have no condition on the counter, and do not affect owners.</summary>
    public IReadOnlyList<LeaseRepair> DescriptiveWrites => _descriptiveWrites;

    /// <summary>Returns whether a review needs a shard list, because there are leases that do not name the current stream.</summary>
    public static bool NeedsShards(IReadOnlyList<Lease> leases, StreamIdentity stream) =>
        leases.Any(l => LeaseAnnotations.StreamOf(l)?.To(stream) != StreamRelation.Same);

    /// <summary>Reviews the leases.</summary>
    /// <param name="leases">The listing of the table.</param>
    /// <param name="stream">The current stream.</param>
    /// <param name="tree">The whole shard list; null to use only the leases.</param>
    /// <param name="now">A safe start time.</param>
    public static LeaseReview Of(LeaseListing leases, StreamIdentity stream, ShardTree? tree, DateTimeOffset now)
    {
        var review = new LeaseReview(stream);
        var isRemembered = leases.Any(l => LeaseAnnotations.StreamOf(l)?.To(stream) is StreamRelation.Same or StreamRelation.Earlier);
        var classified = leases.Select(Classify).ToList();
        var isRecreated = isRemembered && classified.Exists(l => l.Origin is LeaseOrigin.Earlier or LeaseOrigin.Contradicted);
        foreach (var (lease, shard, origin) in classified)
        {
            switch (origin)
            {
                case LeaseOrigin.Foreign:
                    review._foreign.Add(lease);
                    break;
                case LeaseOrigin.Contradicted when !isRemembered:
                case LeaseOrigin.Unknown
                    when !isRemembered && tree is not null && shard is null && LeaseOrigins.IsMissing(lease.Checkpoint, now):
                    review._contradicted.Add(lease);
                    break;
                case LeaseOrigin.Earlier or LeaseOrigin.Contradicted:
                    (shard is null ? review._toRemove : review._toRestart).Add(lease);
                    break;

                // A lease that names no stream was written by a Java worker or an earlier version. Like the other leases, it may belong to
                // the earlier stream.
                case LeaseOrigin.Unknown
                    when tree is not null && isRecreated && LeaseOrigins.Fits(lease.Checkpoint, stream, shard) != true:
                    (shard is null ? review._toRemove : review._toRestart).Add(lease);
                    break;
                case LeaseOrigin.Current when shard is not null && NamesEarlierStream(lease, stream):
                    review._toContinue.Add(lease);
                    break;
                default:
                    review.Consider(lease, shard, now);
                    break;
            }
        }

        return review;

        (Lease Lease, Shard? Shard, LeaseOrigin Origin) Classify(Lease lease)
        {
            var shard = tree?.Find(lease.ShardId);
            return (lease, shard, LeaseOrigins.Determine(lease, stream, shard));
        }
    }

    /// <summary>Returns why these leases must not be used for the stream.</summary>
    /// <param name="application">The application.</param>
    /// <returns>The reason and the remedy; null if the leases may be used.</returns>
    public string? GetRefusalReason(string application)
    {
        const string Remedy = "Nothing was written. Correct the stream's name, account or region, or give this application another name. "
            + "If the application should use this stream from now on, run 'kcl leases adopt -p FILE' with the worker's properties file (or "
            + "with -a APPLICATION --stream STREAM): it shows what would change, and asks for confirmation.";
        if (_foreign.Count > 0)
        {
            var other = LeaseAnnotations.StreamOf(_foreign[0])!.Describe();
            return $"The leases of application '{application}' belong to stream {other}, but the worker is configured for stream "
                + $"{_stream.Describe()}. {Remedy}";
        }

        if (_contradicted.Count > 0)
        {
            var example = _contradicted[0];
            var fields = SequenceNumberFields.Of(example.Checkpoint.SequenceNumber)!.Value;
            return $"{_contradicted.Count} checkpoint(s) of application '{application}' cannot be positions of stream "
                + $"{_stream.Describe()}: the lease of {example.ShardId} is at {example.Checkpoint}, a record of "
                + $"{Format(fields.RecordedAt)} in a shard created {Format(fields.ShardCreatedAt)}. Either the application read another "
                + $"stream before, or this stream was re-created. {Remedy}";
        }

        return null;

        static string Format(DateTimeOffset instant) =>
            instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
    }

    /// <summary>Returns whether a lease names an earlier stream of the same name.</summary>
    public static bool NamesEarlierStream(Lease lease, StreamIdentity stream) =>
        LeaseAnnotations.StreamOf(lease)?.To(stream) == StreamRelation.Earlier;

    private void Consider(Lease lease, Shard? shard, DateTimeOffset now)
    {
        if (shard is { IsOpen: true } && lease.Checkpoint.IsShardEnd)
        {
            _contradictedEnds.Add(lease);
        }

        var isRangeNew = shard?.HashKeyRange is { } listed && listed != lease.HashKeyRange && Lease.IsStorableRange(listed);
        var range = isRangeNew ? shard?.HashKeyRange : null;
        var isNoted = LeaseAnnotations.StreamOf(lease)?.To(_stream) == StreamRelation.Same;
        if (range is not null || !isNoted)
        {
            var note = isNoted
                ? null
                : new Dictionary<string, string?>(StringComparer.Ordinal) { [LeaseAnnotations.Stream] = _stream.ToString() };
            _descriptiveWrites.Add(new(
                lease,
                LeaseWrite.Describe(new() { HashKeyRange = range, PrivateAttributes = note }),
                IsUrgent: range is not null));
        }

        if (LeaseAnnotations.Observe(lease, now) is { } observation)
        {
            _descriptiveWrites.Add(new(lease, observation, IsUrgent: true));
        }
    }
}
