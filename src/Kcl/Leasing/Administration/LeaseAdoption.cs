using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing.Administration;

/// <summary>Decides how leases are assigned to a stream. It has no side effects.</summary>
/// <param name="Stream">The stream that adopts the leases.</param>
/// <param name="Shards">The whole shard list of the stream.</param>
internal sealed record LeaseAdoption(StreamIdentity Stream, ShardTree Shards)
{
    /// <summary>Gets a value indicating whether leases of the application are known to belong to another stream.</summary>
    public bool HasLeasesOfAnother { get; init; }

    /// <summary>
    /// Gets a safe start time, with which the checkpoints of shards that are not listed are checked; null if they are not checked, because
    /// leases of the application already name the stream.
    /// </summary>
    public DateTimeOffset? UnlistedCheckTime { get; init; }

    /// <summary>Returns the rules for the leases of an application, of which some may already name a stream.</summary>
    /// <param name="leases">Every lease of the application.</param>
    /// <param name="now">A safe start time.</param>
    public LeaseAdoption WithOtherLeases(IReadOnlyList<Lease> leases, DateTimeOffset now)
    {
        // A worker uses the same rule when it refuses leases.
        var isRemembered = leases.Any(l => LeaseAnnotations.StreamOf(l)?.To(Stream) is StreamRelation.Same or StreamRelation.Earlier);
        var adoption = this with { UnlistedCheckTime = isRemembered ? null : now };
        return adoption with { HasLeasesOfAnother = leases.Any(adoption.IsOfAnother) };
    }

    /// <summary>Returns what happens to a lease.</summary>
    public AdoptionAction Evaluate(Lease lease)
    {
        var shard = ShardOf(lease);
        var origin = LeaseOrigins.Determine(lease, Stream, shard);
        var relation = LeaseAnnotations.StreamOf(lease)?.To(Stream);
        var kept = relation == StreamRelation.Same ? AdoptionAction.Skip : AdoptionAction.Note;
        if (origin is LeaseOrigin.Unknown && lease.Checkpoint.IsShardEnd && HasLeasesOfAnother)
        {
            // It is not known in which stream the shard was finished, so it is read again.
            return shard is null ? AdoptionAction.Remove : AdoptionAction.Restart;
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
            return AdoptionAction.Restart;
        }

        return origin switch
        {
            LeaseOrigin.Current or LeaseOrigin.Unknown => kept,

            // A named position is kept. A sequence number is not, because streams that were created in the same second have the same
            // numbers.
            LeaseOrigin.Foreign when !lease.Checkpoint.IsNumber && !lease.Checkpoint.IsShardEnd => kept,
            _ => AdoptionAction.Restart,
        };
    }

    /// <summary>Returns the write that carries out the action on a lease.</summary>
    public LeaseWrite CreateWrite(Lease lease) => Evaluate(lease) switch
    {
        AdoptionAction.Remove => LeaseWrite.Delete(lease.Counter),
        AdoptionAction.Restart => LeaseMoves.CreateRestart(lease, ShardOf(lease)!, Stream),
        _ => CreateNote(lease),
    };

    /// <summary>Returns whether the action writes the lease, and a clause that describes it.</summary>
    public (bool IsNeeded, string Description) Describe(Lease lease)
    {
        var other = LeaseAnnotations.StreamOf(lease) is { } named && named.To(Stream) != StreamRelation.Same ? named.Describe() : null;
        var origin = other is null ? "" : $"it belongs to {other}, and ";
        var owner = lease.Owner is { } worker ? $"; it is taken from {worker}" : "";
        return Evaluate(lease) switch
        {
            AdoptionAction.Skip => (false, "already belongs to the stream"),
            AdoptionAction.Remove => (true, $"is removed with its checkpoint {lease.Checkpoint}: {origin}the stream has no such shard"),
            AdoptionAction.Restart => (true, $"restarts at TRIM_HORIZON: {Reason()}{owner}"),
            _ => (true, $"is assigned to the stream, and keeps its checkpoint {lease.Checkpoint}"),
        };

        string Reason() => other is not null ? $"its checkpoint {lease.Checkpoint} is a position of {other}"
            : !lease.Checkpoint.IsShardEnd ? $"its checkpoint {lease.Checkpoint} cannot be a position of the stream"
            : ShardOf(lease)!.IsOpen ? "its checkpoint is SHARD_END, but the shard accepts records"
            : "its checkpoint is SHARD_END, and it is not known of which stream";
    }

    // If the lease belonged to another stream, its start time is removed, and it gets the parents and hash keys of the current shard.
    private LeaseWrite CreateNote(Lease lease)
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

    private bool IsOfAnother(Lease lease) => LeaseOrigins.Determine(lease, Stream, ShardOf(lease)) switch
    {
        LeaseOrigin.Earlier or LeaseOrigin.Contradicted or LeaseOrigin.Foreign => true,
        LeaseOrigin.Unknown => IsMissing(lease),
        _ => false,
    };

    private bool IsMissing(Lease lease) =>
        UnlistedCheckTime is { } now && ShardOf(lease) is null && LeaseOrigins.IsMissing(lease.Checkpoint, now);

    private Shard? ShardOf(Lease lease) => Shards.Find(lease.ShardId);
}
