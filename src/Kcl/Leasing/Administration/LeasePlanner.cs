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

    /// <summary>The write of a step, fenced by the counter it was planned with. A deletion has none.</summary>
    public static LeaseUpdate Update(LeaseOperation operation, Lease lease) => operation.Kind == LeaseOperationKind.Reset
        ? new()
        {
            ExpectedCounter = lease.Counter,
            Owner = new(null),
            Checkpoint = operation.Position,
            PendingCheckpoint = new(null),
            OwnerSwitchesSinceCheckpoint = 0,
        }
        : new() { ExpectedCounter = lease.Counter, Owner = new(null) };

    private static LeaseStep Step(LeaseOperation operation, Lease lease, OwnerLiveness liveness, bool force, bool chosen)
    {
        var (needed, says) = operation.Kind switch
        {
            LeaseOperationKind.Release => lease.Owner is { } owner ? (true, $"is taken from {owner}") : (false, "has no owner"),
            LeaseOperationKind.Delete => (true, $"is deleted with its checkpoint {lease.Checkpoint}"),
            _ => Reset(operation.Position!.Value, lease, chosen),
        };

        return !needed ? new(lease, liveness, LeaseStepVerdict.Leave, says)
            : liveness is OwnerLiveness.Live && !force ? new(lease, liveness, LeaseStepVerdict.Refused, $"is processed by {lease.Owner}, which renewed it just now; stop that worker first, or force")
            : new(lease, liveness, LeaseStepVerdict.Write, says);
    }

    private static (bool Needed, string Says) Reset(ExtendedSequenceNumber to, Lease lease, bool chosen)
    {
        // To start at the tip there is nothing to do for a shard that has ended, unless it was named.
        if (lease.Checkpoint.IsShardEnd && to == ExtendedSequenceNumber.Latest && !chosen)
        {
            return (false, "has ended");
        }

        return lease.Checkpoint == to && lease.PendingCheckpoint is null && lease.Owner is null
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
            notes.Add("A deleted lease of a shard that is still in the stream is made again by the next shard sync, at the workers' configured initial position or at its parents' end.");
        }

        if (operation.Kind != LeaseOperationKind.Release)
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
