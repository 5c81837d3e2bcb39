using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing.Administration;

/// <summary>Decides how leases become leases of a stream. Pure.</summary>
/// <param name="Stream">The stream that adopts the leases.</param>
/// <param name="Shards">The whole shard list of the stream.</param>
internal sealed record LeaseAdoption(StreamIdentity Stream, ShardTree Shards)
{
    /// <summary>Gets a value indicating whether leases of the application are known to belong to another stream.</summary>
    public bool HasLeasesOfAnother { get; init; }

    /// <summary>
    /// Gets the service's present time, or a little earlier, if a checkpoint whose shard is not listed counts as evidence against the
    /// stream; <see langword="null" /> if it does not, because leases of the application already name the stream.
    /// </summary>
    public DateTimeOffset? EvidenceAt { get; init; }

    /// <summary>Adds what the other leases of the application say.</summary>
    /// <param name="leases">Every lease of the application.</param>
    /// <param name="now">The service's present time, or a little earlier.</param>
    public LeaseAdoption Beside(IReadOnlyList<Lease> leases, DateTimeOffset now)
    {
        // The same rule by which a worker refuses the leases.
        var isRemembered = leases.Any(l => LeaseAnnotations.StreamOf(l)?.To(Stream) is StreamRelation.Same or StreamRelation.Earlier);
        var adoption = this with { EvidenceAt = isRemembered ? null : now };
        return adoption with { HasLeasesOfAnother = leases.Any(adoption.IsOfAnother) };
    }

    /// <summary>Returns what becomes of a lease.</summary>
    public AdoptionAction Evaluate(Lease lease)
    {
        var shard = ShardOf(lease);
        var origin = LeaseOrigins.Judge(lease, Stream, shard);
        var relation = LeaseAnnotations.StreamOf(lease)?.To(Stream);
        var kept = relation == StreamRelation.Same ? AdoptionAction.Skip : AdoptionAction.Note;
        if (origin is LeaseOrigin.Unknown && lease.Checkpoint.IsShardEnd && HasLeasesOfAnother)
        {
            // Nothing says in which stream the shard was finished. Reading it again is the safe side.
            return shard is null ? AdoptionAction.Remove : AdoptionAction.StartOver;
        }

        if (shard is null)
        {
            var isKept = origin is LeaseOrigin.Unknown
                ? !IsMissing(lease)
                : origin is LeaseOrigin.Current && relation is StreamRelation.Same;
            return isKept ? kept : AdoptionAction.Remove;
        }

        if (shard.IsOpen && lease.Checkpoint.IsShardEnd)
        {
            return AdoptionAction.StartOver;
        }

        return origin switch
        {
            LeaseOrigin.Current or LeaseOrigin.Unknown => kept,

            // A named position can be meant for this stream. A sequence number cannot: streams that were created in the same second have
            // the same numbers.
            LeaseOrigin.Foreign when !lease.Checkpoint.IsNumber && !lease.Checkpoint.IsShardEnd => kept,
            _ => AdoptionAction.StartOver,
        };
    }

    /// <summary>Returns the write that carries out the action on a lease.</summary>
    public LeaseWrite Write(Lease lease) => Evaluate(lease) switch
    {
        AdoptionAction.Remove => LeaseWrite.Delete(lease.Counter),
        AdoptionAction.StartOver => LeaseMoves.StartingOver(lease, ShardOf(lease)!, Stream),
        _ => Note(lease),
    };

    /// <summary>Returns whether the action writes the lease, and a clause that describes it.</summary>
    public (bool IsNeeded, string Description) Describe(Lease lease)
    {
        var other = LeaseAnnotations.StreamOf(lease) is { } named && named.To(Stream) != StreamRelation.Same ? named.Describe() : null;
        var origin = other is null ? "" : $"it is of {other}, and ";
        var owner = lease.Owner is { } worker ? $"; it is taken from {worker}" : "";
        return Evaluate(lease) switch
        {
            AdoptionAction.Skip => (false, "belongs to the stream already"),
            AdoptionAction.Remove => (true, $"is removed with its checkpoint {lease.Checkpoint}: {origin}the stream has no such shard"),
            AdoptionAction.StartOver => (true, $"starts over at TRIM_HORIZON: {Reason()}{owner}"),
            _ => (true, $"becomes one of the stream, and keeps its checkpoint {lease.Checkpoint}"),
        };

        string Reason() => other is not null ? $"its checkpoint {lease.Checkpoint} is of {other}"
            : !lease.Checkpoint.IsShardEnd ? $"its checkpoint {lease.Checkpoint} cannot be of the stream"
            : ShardOf(lease)!.IsOpen ? "its checkpoint is SHARD_END, but the shard takes records"
            : "its checkpoint is SHARD_END, and nothing says of which stream";
    }

    // Where the lease was of another stream, the meaning of its position there is dropped, and it gets the parents and hash keys of the
    // present shard.
    private LeaseWrite Note(Lease lease)
    {
        var shard = ShardOf(lease);
        var isOfAnother = LeaseAnnotations.StreamOf(lease) is not null;
        var changes = new Dictionary<string, string?>(StringComparer.Ordinal) { [LeaseAnnotations.Stream] = Stream.ToString() };
        if (isOfAnother)
        {
            changes[LeaseAnnotations.Start] = null;
        }

        var parents = isOfAnother ? shard?.Parents : null;
        return LeaseWrite.Describe(new() { PrivateAttributes = changes, HashKeyRange = shard?.HashKeyRange, ParentShardIds = parents });
    }

    private bool IsOfAnother(Lease lease) => LeaseOrigins.Judge(lease, Stream, ShardOf(lease)) switch
    {
        LeaseOrigin.Earlier or LeaseOrigin.Contradicted or LeaseOrigin.Foreign => true,
        LeaseOrigin.Unknown => IsMissing(lease),
        _ => false,
    };

    private bool IsMissing(Lease lease) => EvidenceAt is { } now && ShardOf(lease) is null && LeaseOrigins.IsMissing(lease.Checkpoint, now);

    private Shard? ShardOf(Lease lease) => Shards.Find(lease.ShardId);
}
