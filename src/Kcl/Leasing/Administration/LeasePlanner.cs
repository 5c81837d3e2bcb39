using Kcl.Streams;
namespace Kcl.Leasing.Administration;

/// <summary>Decides what an operation does to which lease.</summary>
internal static class LeasePlanner
{
    /// <summary>Decides.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="leases">Every lease of the application, and the rows that cannot be read.</param>
    /// <param name="shards">The shards meant; null for all.</param>
    /// <param name="liveness">What is known of the owners of the leases meant.</param>
    /// <param name="force">Whether leases of live workers are included.</param>
    /// <exception cref="InvalidStateException">A shard that is meant has no lease.</exception>
    public static LeasePlan Plan(
        LeaseOperation operation, LeaseListing leases, IReadOnlyCollection<ShardId>? shards, IReadOnlyDictionary<LeaseKey, OwnerLiveness> liveness, bool force)
    {
        var meant = Select(leases, shards);
        if (operation is { Identity: { } stream, Shards: { } tree })
        {
            operation = operation with { HasLeasesOfAnother = leases.Any(l => LeaseAdoption.IsOfAnother(l, stream, tree.Find(l.ShardId))) };
        }

        LeaseStep[] steps =
        [
            .. meant.Select(lease => Step(operation, lease, LivenessOf(lease), force, chosen: shards is not null)),
            .. leases.Unreadable.Where(row => row.ShardId is { } shard && (shards is null || shards.Contains(shard))).Select(row => Step(operation, row)),
        ];
        return new(operation, force, steps, Notes(operation, leases, steps));

        OwnerLiveness LivenessOf(Lease lease) =>
            liveness.GetValueOrDefault(lease.Key, lease.Owner is null ? OwnerLiveness.Unowned : OwnerLiveness.NotWatched);
    }

    /// <summary>The leases meant, ordered by key.</summary>
    public static IReadOnlyList<Lease> Select(LeaseListing leases, IReadOnlyCollection<ShardId>? shards)
    {
        var unknown = shards?.Where(s => leases.All(l => l.ShardId != s) && leases.Unreadable.All(row => row.ShardId != s));
        if (unknown?.Select(static s => s.Value).ToArray() is { Length: > 0 } names)
        {
            throw new InvalidStateException($"There is no lease for {string.Join(", ", names)}. 'kcl leases list' shows the leases there are.");
        }

        return [.. leases.Where(l => shards is null || shards.Contains(l.ShardId)).OrderBy(static l => l.Key)];
    }

    /// <summary>Returns the write that an operation makes of a lease. It requires the counter if it could disturb an owner.</summary>
    public static LeaseWrite Write(LeaseOperation operation, Lease lease) => operation.Kind switch
    {
        LeaseOperationKind.Delete => LeaseWrite.Delete(lease.Counter),
        LeaseOperationKind.Release => LeaseWrite.Fenced(lease.Counter, new() { ReleasesLease = true }),
        LeaseOperationKind.Adopt => Adopt(operation, lease),
        _ => LeaseWrite.Fenced(lease.Counter, new()
        {
            ReleasesLease = true,
            Checkpoint = operation.Position,
            PendingCheckpoint = new(null),
            OwnerSwitchesSinceCheckpoint = 0,

            // The instant that a named position meant before does not hold for the new one.
            PrivateAttributes = lease.PrivateAttributes.ContainsKey(LeaseAnnotations.Start) ? new Dictionary<string, string?>(StringComparer.Ordinal) { [LeaseAnnotations.Start] = null } : null,
        }),
    };

    private static LeaseWrite Adopt(LeaseOperation operation, Lease lease)
    {
        var (stream, shard) = (operation.Identity!, operation.Shards!.Find(lease.ShardId));
        return LeaseAdoption.Judge(lease, stream, shard, operation.HasLeasesOfAnother) switch
        {
            AdoptionVerdict.Remove => LeaseWrite.Delete(lease.Counter),
            AdoptionVerdict.StartOver => LeaseMoves.StartingOver(lease, shard!, stream),
            _ => LeaseAdoption.Note(lease, stream, shard),
        };
    }

    private static LeaseStep Step(LeaseOperation operation, Lease lease, OwnerLiveness liveness, bool force, bool chosen)
    {
        var (needed, says) = operation.Kind switch
        {
            LeaseOperationKind.Release => lease.Owner is { } owner ? (true, $"is taken from {owner}") : (false, "has no owner"),
            LeaseOperationKind.Delete => (true, $"is deleted with its checkpoint {lease.Checkpoint}"),
            LeaseOperationKind.Adopt => Adoption(operation, lease),
            _ => Reset(operation.Position!.Value, lease, chosen),
        };

        // A note disturbs nobody, also not the owner of the lease.
        var disturbs = Write(operation, lease).Condition.Counter is not null;
        return !needed ? new(lease, liveness, LeaseStepVerdict.Leave, says)
            : liveness is OwnerLiveness.Live && disturbs && !force ? new(lease, liveness, LeaseStepVerdict.Refused, $"is processed by {lease.Owner}, which renewed it just now; stop that worker first, or add --force")
            : new(lease, liveness, LeaseStepVerdict.Write, says);
    }

    // A row that cannot be read can be removed; anything else would need to know what it says.
    private static LeaseStep Step(LeaseOperation operation, UnreadableLease row)
    {
        var (verdict, says) = operation.Kind == LeaseOperationKind.Delete
            ? (LeaseStepVerdict.Write, $"cannot be read as a lease ({row.Problem}), and is deleted")
            : (LeaseStepVerdict.Leave, $"cannot be read as a lease ({row.Problem}), and stays as it is; 'kcl leases delete' removes it");
        return new(new() { Key = row.Key, ShardId = row.ShardId!.Value, Checkpoint = ExtendedSequenceNumber.TrimHorizon }, OwnerLiveness.NotWatched, verdict, says)
        {
            Problem = row.Problem,
        };
    }

    private static (bool Needed, string Says) Adoption(LeaseOperation operation, Lease lease)
    {
        var (stream, shard) = (operation.Identity!, operation.Shards!.Find(lease.ShardId));
        var other = LeaseAnnotations.StreamOf(lease) is { } named && named.To(stream) != StreamRelation.Same ? named.Describe() : null;
        return LeaseAdoption.Judge(lease, stream, shard, operation.HasLeasesOfAnother) switch
        {
            AdoptionVerdict.Leave => (false, "belongs to the stream already"),
            AdoptionVerdict.Remove => (true, $"is removed with its checkpoint {lease.Checkpoint}: {(other is null ? "" : $"it is of {other}, and ")}the stream has no such shard"),
            AdoptionVerdict.StartOver => (true, $"starts over at TRIM_HORIZON: {Reason()}" + (lease.Owner is { } owner ? $"; it is taken from {owner}" : "")),
            _ => (true, $"becomes one of the stream, and keeps its checkpoint {lease.Checkpoint}"),
        };

        string Reason() => other is not null ? $"its checkpoint {lease.Checkpoint} is of {other}"
            : !lease.Checkpoint.IsShardEnd ? $"its checkpoint {lease.Checkpoint} cannot be of the stream"
            : shard!.IsOpen ? "its checkpoint is SHARD_END, but the shard takes records"
            : "its checkpoint is SHARD_END, and nothing says of which stream";
    }

    private static (bool Needed, string Says) Reset(ExtendedSequenceNumber to, Lease lease, bool chosen)
    {
        // To start at the tip there is nothing to do for a shard that has ended, unless it was named.
        if (lease.Checkpoint.IsShardEnd && to == ExtendedSequenceNumber.Latest && !chosen)
        {
            return (false, "has ended");
        }

        var isThere = lease.Checkpoint == to && !lease.PrivateAttributes.ContainsKey(LeaseAnnotations.Start);
        return isThere && lease.PendingCheckpoint is null && lease.Owner is null
            ? (false, $"is at {to} already")
            : (true, $"goes from {lease.Checkpoint} to {to}" + (lease.Owner is { } owner ? $" and is taken from {owner}" : ""));
    }

    private static List<string> Notes(LeaseOperation operation, LeaseListing leases, LeaseStep[] steps)
    {
        List<string> notes = [];
        var written = steps.Where(static s => s.Verdict == LeaseStepVerdict.Write).Select(static s => s.Lease).ToArray();
        if (operation.Position == ExtendedSequenceNumber.AtTimestamp)
        {
            notes.Add("The instant of AT_TIMESTAMP is the configured one of the worker that takes the lease first, which stores it in the lease. Configure the same instant in all workers before they start.");
        }

        if (operation.Position == ExtendedSequenceNumber.Latest)
        {
            notes.Add("LATEST skips every record that was put since the old checkpoint and is not yet processed.");
        }

        if (operation.Kind == LeaseOperationKind.Delete)
        {
            notes.Add("A deleted lease of a shard that is still in the stream is created again by the next shard sync. The shard then starts where one that is new to the application would: at TRIM_HORIZON, or, if the application starts at LATEST or AT_TIMESTAMP and another lease remembers the instant, at that instant. Without any lease left, the application starts as a new one.");
        }

        if (operation.Kind == LeaseOperationKind.Adopt && written.Length > 0)
        {
            notes.Add($"The leases then belong to stream {operation.Stream}. A worker that is configured with another stream is refused.");
        }

        if (operation.Kind is LeaseOperationKind.Reset or LeaseOperationKind.Delete)
        {
            var ids = written.Select(static l => l.ShardId).ToHashSet();
            var ahead = leases.Where(l => !ids.Contains(l.ShardId) && (l.Checkpoint.IsNumber || l.Checkpoint.IsShardEnd) && l.ParentShardIds.Any(ids.Contains)).Select(static l => l.ShardId.Value).Order(StringComparer.Ordinal).ToArray();
            if (ahead.Length > 0)
            {
                notes.Add($"{string.Join(", ", ahead)} came after these shards and keep their checkpoints: records are then replayed out of order across the reshard.");
            }
        }

        return notes;
    }
}
