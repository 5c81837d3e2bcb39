using System.Globalization;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>Finds what is wrong with the leases of a stream, and which writes repair it. Pure.</summary>
internal sealed class LeaseReview
{
    private readonly StreamIdentity _stream;
    private readonly List<Lease> _foreign = [];
    private readonly List<Lease> _contradicted = [];
    private readonly List<Lease> _startOver = [];
    private readonly List<Lease> _goOn = [];
    private readonly List<Lease> _remove = [];
    private readonly List<Lease> _endedThoughOpen = [];
    private readonly List<LeaseRepair> _describe = [];

    private LeaseReview(StreamIdentity stream) => _stream = stream;

    /// <summary>Gets a value indicating whether the stream was created again after some of the leases were written.</summary>
    public bool IsCreatedAgain => _startOver.Count + _goOn.Count + _remove.Count > 0;

    /// <summary>Gets the keys of the leases that say nothing about the shards of the present stream.</summary>
    public IReadOnlySet<LeaseKey> Stale => _startOver.Concat(_goOn).Concat(_remove).Select(l => l.Key).ToHashSet();

    /// <summary>
    /// Gets the leases that must not keep their checkpoint: they are of an earlier stream of the same name, and the present stream has a
    /// shard with their id. They start over at the oldest record of their shard.
    /// </summary>
    public IReadOnlyList<Lease> StartOver => _startOver;

    /// <summary>
    /// Gets the leases of an earlier stream that were already continued in the present one: they keep their checkpoint, but their parents
    /// and hash keys are those of the earlier shard.
    /// </summary>
    public IReadOnlyList<Lease> GoOn => _goOn;

    /// <summary>Gets the leases of an earlier stream for which the present stream has no shard.</summary>
    public IReadOnlyList<Lease> Remove => _remove;

    /// <summary>
    /// Gets the leases at <c>SHARD_END</c> whose shard is listed as open. The list may be behind.
    /// </summary>
    public IReadOnlyList<Lease> EndedThoughOpen => _endedThoughOpen;

    /// <summary>Gets the writes of descriptive attributes. They have no condition on the counter, and do not disturb owners.</summary>
    public IReadOnlyList<LeaseRepair> Describe => _describe;

    /// <summary>
    /// Returns whether a review needs a shard list: there are leases that do not name the present stream.
    /// </summary>
    public static bool NeedsShards(IReadOnlyList<Lease> leases, StreamIdentity stream) =>
        leases.Any(l => LeaseAnnotations.StreamOf(l)?.To(stream) != StreamRelation.Same);

    /// <summary>Reviews the leases.</summary>
    /// <param name="leases">The table as read.</param>
    /// <param name="stream">The present stream.</param>
    /// <param name="tree">The whole shard list; <see langword="null"/> to use only what the leases say.</param>
    /// <param name="now">The instant from which a later reader misses nothing that is put from now on.</param>
    public static LeaseReview Of(LeaseListing leases, StreamIdentity stream, ShardTree? tree, DateTimeOffset now)
    {
        var review = new LeaseReview(stream);
        var isRemembered = leases.Any(l => LeaseAnnotations.StreamOf(l)?.To(stream) is StreamRelation.Same or StreamRelation.Earlier);
        var classified = leases.Select(Classify).ToList();
        var isCreatedAgain = isRemembered && classified.Exists(l => l.Origin is LeaseOrigin.Earlier or LeaseOrigin.Contradicted);
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
                    (shard is null ? review._remove : review._startOver).Add(lease);
                    break;

                // A lease that names no stream was written by a Java worker or an earlier version, and may be as old as its neighbors.
                case LeaseOrigin.Unknown
                    when tree is not null && isCreatedAgain && LeaseOrigins.Fits(lease.Checkpoint, stream, shard) != true:
                    (shard is null ? review._remove : review._startOver).Add(lease);
                    break;
                case LeaseOrigin.Current when shard is not null && NamesEarlierStream(lease, stream):
                    review._goOn.Add(lease);
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
            return (lease, shard, LeaseOrigins.Judge(lease, stream, shard));
        }
    }

    /// <summary>Returns why these leases must not be used for the stream.</summary>
    /// <param name="application">The application.</param>
    /// <returns>The reason and the remedy; <see langword="null"/> if they may be used.</returns>
    public string? Refusal(string application)
    {
        const string Remedy = "Nothing was written. Correct the stream's name, account or region, or give this application another name. "
            + "If the application should use this stream from now on, run 'kcl leases adopt -p FILE' with the worker's properties file (or "
            + "with -a APPLICATION --stream STREAM): it shows what would change, and asks.";
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
            return $"{_contradicted.Count} checkpoint(s) of application '{application}' cannot have come from stream {_stream.Describe()}: "
                + $"the lease of {example.ShardId} is at {example.Checkpoint}, a record of {Text(fields.RecordedAt)} in a shard created "
                + $"{Text(fields.ShardCreatedAt)}. Either the application read another stream before, or this stream was deleted "
                + "and created "
                + $"again. {Remedy}";
        }

        return null;

        static string Text(DateTimeOffset instant) =>
            instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
    }

    /// <summary>Returns whether a lease names an earlier stream of the same name.</summary>
    public static bool NamesEarlierStream(Lease lease, StreamIdentity stream) =>
        LeaseAnnotations.StreamOf(lease)?.To(stream) == StreamRelation.Earlier;

    private void Consider(Lease lease, Shard? shard, DateTimeOffset now)
    {
        if (shard is { IsOpen: true } && lease.Checkpoint.IsShardEnd)
        {
            _endedThoughOpen.Add(lease);
        }

        // Not every store can hold a range of a single hash key.
        var isRangeNew = shard?.HashKeyRange is { } listed && listed != lease.HashKeyRange && listed.Start < listed.End;
        var range = isRangeNew ? shard?.HashKeyRange : null;
        var isNoted = LeaseAnnotations.StreamOf(lease)?.To(_stream) == StreamRelation.Same;
        if (range is not null || !isNoted)
        {
            var note = isNoted
                ? null
                : new Dictionary<string, string?>(StringComparer.Ordinal) { [LeaseAnnotations.Stream] = _stream.ToString() };
            _describe.Add(new(
                lease,
                LeaseWrite.Describe(new() { HashKeyRange = range, PrivateAttributes = note }),
                IsUrgent: range is not null));
        }

        if (LeaseAnnotations.Observe(lease, now) is { } observation)
        {
            _describe.Add(new(lease, observation, IsUrgent: true));
        }
    }
}
