namespace Kcl.Leasing.Administration;

/// <summary>Decides what an operation does to which lease.</summary>
internal static class LeasePlanner
{
    /// <summary>Decides.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="leases">Every lease of the application.</param>
    /// <param name="shards">The shards meant; null for all.</param>
    /// <param name="liveness">What is known of the owners of the leases meant.</param>
    /// <param name="force">Whether leases of live workers are included.</param>
    /// <exception cref="InvalidStateException">A shard that is meant has no lease.</exception>
    public static LeasePlan Plan(LeaseOperation operation, IReadOnlyCollection<Lease> leases, IReadOnlyCollection<ShardId>? shards, IReadOnlyDictionary<LeaseKey, OwnerLiveness> liveness, bool force)
    {
        var meant = Select(leases, shards);
        var steps = meant.Select(lease => Step(operation, lease, liveness.GetValueOrDefault(lease.Key, lease.Owner is null ? OwnerLiveness.Unowned : OwnerLiveness.NotWatched), force, chosen: shards is not null)).ToArray();
        return new(operation, force, steps, Notes(operation, leases, steps));
    }

    /// <summary>The leases meant, ordered by key.</summary>
    public static IReadOnlyList<Lease> Select(IReadOnlyCollection<Lease> leases, IReadOnlyCollection<ShardId>? shards)
    {
        if (shards?.Where(s => leases.All(l => l.ShardId != s)).Select(static s => s.Value).ToArray() is { Length: > 0 } unknown)
        {
            throw new InvalidStateException($"There is no lease for {string.Join(", ", unknown)}. 'kcl leases list' shows the leases there are.");
        }

        return [.. leases.Where(l => shards is null || shards.Contains(l.ShardId)).OrderBy(static l => l.Key)];
    }

    /// <summary>The write that an operation makes of a lease, fenced by its counter wherever an owner could be disturbed.</summary>
    /// <returns>The write; null for the removal of the row.</returns>
    public static LeaseUpdate? Update(LeaseOperation operation, Lease lease) => operation.Kind switch
    {
        LeaseOperationKind.Delete => null,
        LeaseOperationKind.Release => new() { ExpectedCounter = lease.Counter, Owner = new(null) },
        LeaseOperationKind.Adopt => Adopt(operation, lease),
        _ => new()
        {
            ExpectedCounter = lease.Counter,
            Owner = new(null),
            Checkpoint = operation.Position,
            PendingCheckpoint = new(null),
            OwnerSwitchesSinceCheckpoint = 0,

            // The instant that a named position meant before does not hold for the new one.
            PrivateAttributes = lease.PrivateAttributes.ContainsKey(LeaseAnnotations.Start) ? new Dictionary<string, string?>(StringComparer.Ordinal) { [LeaseAnnotations.Start] = null } : null,
        },
    };

    private static LeaseUpdate? Adopt(LeaseOperation operation, Lease lease)
    {
        var (stream, shard) = (operation.Identity!, operation.Shards!.Find(lease.ShardId));
        return LeaseAdoption.Judge(lease, stream, shard) switch
        {
            AdoptionVerdict.Remove => null,
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
        var disturbs = Update(operation, lease) is null or { ExpectedCounter: not null };
        return !needed ? new(lease, liveness, LeaseStepVerdict.Leave, says)
            : liveness is OwnerLiveness.Live && disturbs && !force ? new(lease, liveness, LeaseStepVerdict.Refused, $"is processed by {lease.Owner}, which renewed it just now; stop that worker first, or force")
            : new(lease, liveness, LeaseStepVerdict.Write, says);
    }

    private static (bool Needed, string Says) Adoption(LeaseOperation operation, Lease lease)
    {
        var (stream, shard) = (operation.Identity!, operation.Shards!.Find(lease.ShardId));
        var remembered = LeaseAnnotations.StreamOf(lease) is { } other ? $"of {other.Describe()}" : "of a stream it does not name";
        return LeaseAdoption.Judge(lease, stream, shard) switch
        {
            AdoptionVerdict.Leave => (false, "belongs to the stream already"),
            AdoptionVerdict.Remove => (true, $"is removed with its checkpoint {lease.Checkpoint}: it is {remembered}, and the stream has no such shard"),
            AdoptionVerdict.StartOver => (true, $"starts over at TRIM_HORIZON: its checkpoint {lease.Checkpoint} is {remembered}" + (lease.Owner is { } owner ? $"; it is taken from {owner}" : "")),
            _ => (true, $"is noted as the stream's, and keeps its checkpoint {lease.Checkpoint}"),
        };
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

    private static List<string> Notes(LeaseOperation operation, IReadOnlyCollection<Lease> leases, LeaseStep[] steps)
    {
        List<string> notes = [];
        var written = steps.Where(static s => s.Verdict == LeaseStepVerdict.Write).Select(static s => s.Lease).ToArray();
        if (operation.Position == ExtendedSequenceNumber.AtTimestamp)
        {
            notes.Add("A lease does not store the instant of AT_TIMESTAMP: every worker resumes at the one it is configured with. Set the same in all of them before they start.");
        }

        if (operation.Position == ExtendedSequenceNumber.Latest)
        {
            notes.Add("LATEST skips every record that was put since the old checkpoint and is not yet processed.");
        }

        if (operation.Kind == LeaseOperationKind.Delete)
        {
            notes.Add("A deleted lease of a shard that is still in the stream is created again by the next shard sync. It starts at TRIM_HORIZON, unless no shard of the application has been checkpointed yet.");
        }

        if (operation.Kind == LeaseOperationKind.Adopt)
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
