using System.Globalization;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>What is wrong with the leases of a stream, and what would put it right. Pure.</summary>
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

    /// <summary>Whether the stream was created again since some of the leases were written.</summary>
    public bool IsCreatedAgain => _startOver.Count + _goOn.Count + _remove.Count > 0;

    /// <summary>
    /// Leases that go back to the oldest record of their shard: they are of an earlier stream of the same name, and the present one has a
    /// shard of their id.
    /// </summary>
    public IReadOnlyList<Lease> StartOver => _startOver;

    /// <summary>
    /// Leases of an earlier stream that somebody went on with in the present one: they keep their checkpoint, but their parents and hash
    /// keys are those of the earlier shard.
    /// </summary>
    public IReadOnlyList<Lease> GoOn => _goOn;

    /// <summary>Leases of an earlier stream for which the present one has no shard.</summary>
    public IReadOnlyList<Lease> Remove => _remove;

    /// <summary>
    /// Leases that say their shard was consumed to its end while the list shows it open, and name no shard that continues it. The list may
    /// be behind.
    /// </summary>
    public IReadOnlyList<Lease> EndedThoughOpen => _endedThoughOpen;

    /// <summary>What is to be noted in leases, without the condition on the counter: owners are not disturbed.</summary>
    public IReadOnlyList<LeaseRepair> Describe => _describe;

    /// <summary>
    /// Whether a shard list is needed for a review: there are leases that do not say that they belong to the present stream.
    /// </summary>
    public static bool NeedsShards(IReadOnlyList<Lease> leases, StreamIdentity stream) => leases.Any(l => LeaseAnnotations.StreamOf(l)?.To(stream) != StreamRelation.Same);

    /// <summary>Reviews the leases.</summary>
    /// <param name="leases">The table as read.</param>
    /// <param name="stream">The present stream.</param>
    /// <param name="tree">Its whole shard list; null to judge by what the leases remember alone.</param>
    /// <param name="now">From which instant nothing is missed that is put from now on.</param>
    public static LeaseReview Of(LeaseListing leases, StreamIdentity stream, ShardTree? tree, DateTimeOffset now)
    {
        var review = new LeaseReview(stream);
        var isRemembered = leases.Any(l => LeaseAnnotations.StreamOf(l)?.To(stream) is StreamRelation.Same or StreamRelation.Earlier);
        var judged = leases.Select(Judged).ToList();
        var isCreatedAgain = isRemembered && judged.Exists(l => l.Origin is LeaseOrigin.Earlier or LeaseOrigin.Contradicted);
        foreach (var (lease, shard, origin) in judged)
        {
            switch (origin)
            {
                case LeaseOrigin.Foreign:
                    review._foreign.Add(lease);
                    break;
                case LeaseOrigin.Contradicted when !isRemembered:
                case LeaseOrigin.Unknown when !isRemembered && tree is not null && shard is null && LeaseOrigins.IsMissing(lease.Checkpoint, now):
                    review._contradicted.Add(lease);
                    break;
                case LeaseOrigin.Earlier or LeaseOrigin.Contradicted:
                    (shard is null ? review._remove : review._startOver).Add(lease);
                    break;

                // It names no stream: a Java worker, or an earlier version, wrote it, and nothing says that it is younger than its
                // neighbours. It comes first: while a neighbour still names the earlier stream, an interrupted repair goes on.
                case LeaseOrigin.Unknown when tree is not null && isCreatedAgain && LeaseOrigins.Fits(lease.Checkpoint, stream, shard) != true:
                    (shard is null ? review._remove : review._startOver).Insert(0, lease);
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

        (Lease Lease, Shard? Shard, LeaseOrigin Origin) Judged(Lease lease)
        {
            var shard = tree?.Find(lease.ShardId);
            return (lease, shard, LeaseOrigins.Judge(lease, stream, shard));
        }
    }

    /// <summary>Why these leases may not be used for the stream.</summary>
    /// <param name="application">The application.</param>
    /// <returns>The reason and the remedy; null where they may be used.</returns>
    public string? Refusal(string application)
    {
        const string Remedy = "Nothing was written. Correct the stream's name, account or region, or give this application another name. "
            + "If the application is to use this stream from now on, run 'kcl leases adopt -p FILE' with the worker's properties file (or with "
            + "-a APPLICATION --stream STREAM): it shows what would change, and asks.";
        if (_foreign.Count > 0)
        {
            return $"The leases of application '{application}' belong to stream {LeaseAnnotations.StreamOf(_foreign[0])!.Describe()}, but the worker is configured for stream {_stream.Describe()}. {Remedy}";
        }

        if (_contradicted.Count > 0)
        {
            var example = _contradicted[0];
            var fields = SequenceNumberFields.Of(example.Checkpoint.SequenceNumber)!.Value;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{_contradicted.Count} checkpoint(s) of application '{application}' cannot have come from stream {_stream.Describe()}: the lease of {example.ShardId} is at {example.Checkpoint}, a record of {fields.RecordedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC in a shard created {fields.ShardCreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC. Either the application read another stream before, or this stream was deleted and created again. {Remedy}");
        }

        return null;
    }

    /// <summary>Whether a lease says that it is of an earlier stream of the same name.</summary>
    public static bool NamesEarlierStream(Lease lease, StreamIdentity stream) => LeaseAnnotations.StreamOf(lease)?.To(stream) == StreamRelation.Earlier;

    private void Consider(Lease lease, Shard? shard, DateTimeOffset now)
    {
        if (shard is { IsOpen: true } && lease.Checkpoint.IsShardEnd)
        {
            _endedThoughOpen.Add(lease);
        }

        // A range of a single hash key cannot be stored everywhere.
        var range = shard?.HashKeyRange is { } listed && listed != lease.HashKeyRange && listed.Start < listed.End ? listed : (HashKeyRange?)null;
        var isNoted = LeaseAnnotations.StreamOf(lease)?.To(_stream) == StreamRelation.Same;
        if (range is not null || !isNoted)
        {
            var note = isNoted ? null : new Dictionary<string, string?>(StringComparer.Ordinal) { [LeaseAnnotations.Stream] = _stream.ToString() };
            _describe.Add(new(lease, LeaseWrite.Describe(new() { HashKeyRange = range, PrivateAttributes = note }), IsUrgent: range is not null));
        }

        if (LeaseAnnotations.Observe(lease, now) is { } observation)
        {
            _describe.Add(new(lease, observation, IsUrgent: true));
        }
    }
}

/// <summary>A write that puts a lease right.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Write">The write.</param>
/// <param name="IsUrgent">Whether it must be done before the lease is used.</param>
internal sealed record LeaseRepair(Lease Lease, LeaseWrite Write, bool IsUrgent);
