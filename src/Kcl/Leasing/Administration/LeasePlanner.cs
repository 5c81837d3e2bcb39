using Kcl.Streams;

namespace Kcl.Leasing.Administration;

/// <summary>Decides what an operation does to each lease. Pure functions.</summary>
internal static class LeasePlanner
{
    /// <summary>Creates a plan.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="leases">Every lease of the application, and the rows that cannot be read.</param>
    /// <param name="shards">The shards to which the operation applies; null for all.</param>
    /// <param name="liveness">What is known about the owners of these leases.</param>
    /// <param name="force">Whether leases of live workers are included.</param>
    /// <exception cref="InvalidStateException">
    /// One of <paramref name="shards"/> has no lease, or the table holds leases of other streams.
    /// </exception>
    public static LeasePlan Plan(
        LeaseOperation operation,
        LeaseListing leases,
        IReadOnlyCollection<ShardId>? shards,
        IReadOnlyDictionary<LeaseKey, OwnerLiveness> liveness,
        bool force)
    {
        ThrowIfOfOtherStreams(operation, leases);
        var selected = Select(leases, shards);
        var unreadable = leases.Unreadable.Where(row => row.ShardId is { } shard && (shards is null || shards.Contains(shard)));
        LeaseStep[] steps =
        [
            .. selected.Select(lease => CreateStep(operation, lease, LivenessOf(lease), force, isChosen: shards is not null)),
            .. unreadable.Select(row => CreateStep(operation, row)),
        ];
        return new() { Operation = operation, IsForced = force, Steps = steps, Notes = LeasePlanNotes.Of(operation, leases, steps) };

        OwnerLiveness LivenessOf(Lease lease) =>
            liveness.GetValueOrDefault(lease.Key, lease.Owner is null ? OwnerLiveness.Unowned : OwnerLiveness.NotWatched);
    }

    /// <summary>Throws an exception if the table contains leases whose keys name other streams.</summary>
    /// <exception cref="InvalidStateException">The table contains leases of other streams.</exception>
    public static void ThrowIfOfOtherStreams(LeaseOperation operation, LeaseListing leases)
    {
        var others = new StreamLeaseKeys(operation.Adoption?.Stream.Name ?? default).Select(leases).OtherStreams;
        if (others.Count > 0)
        {
            var target = operation.Stream is { } stream ? $"Stream {stream} cannot adopt these leases" : "These leases cannot be changed";
            throw new InvalidStateException(
                $"{target}: the table contains {StreamLeaseKeys.Describe(others)}. Keys of the form 'account:stream:epoch:shardId' are "
                + "written by a KCL application that reads several streams, which this version does not support. Nothing was written. "
                + "Check the application's name; if the rows are no longer used, remove them from the table.");
        }
    }

    /// <summary>Returns the leases of some shards, ordered by key.</summary>
    /// <exception cref="InvalidStateException">One of <paramref name="shards"/> has no lease.</exception>
    public static IReadOnlyList<Lease> Select(LeaseListing leases, IReadOnlyCollection<ShardId>? shards)
    {
        var unknown = shards?.Where(s => leases.All(l => l.ShardId != s) && leases.Unreadable.All(row => row.ShardId != s));
        if (unknown?.Select(static s => s.Value).ToArray() is { Length: > 0 } names)
        {
            throw new InvalidStateException(
                $"There is no lease for {string.Join(", ", names)}. 'kcl leases list' shows all leases.");
        }

        return [.. leases.Where(l => shards is null || shards.Contains(l.ShardId)).OrderBy(static l => l.Key)];
    }

    /// <summary>Creates the write that an operation needs for a lease. It requires the counter if it could affect the owner.</summary>
    public static LeaseWrite CreateWrite(LeaseOperation operation, Lease lease) => operation.Kind switch
    {
        LeaseOperationKind.Delete => LeaseWrite.Delete(lease.Counter),
        LeaseOperationKind.Release => LeaseWrite.Update(lease.Counter, new() { ReleasesLease = true }),
        LeaseOperationKind.Adopt => operation.Adoption!.CreateWrite(lease),
        _ => LeaseWrite.Update(lease.Counter, new()
        {
            ReleasesLease = true,
            Checkpoint = operation.Position,
            PendingCheckpoint = new(null),
            OwnerSwitchesSinceCheckpoint = 0,

            // The start time of the previous named position does not apply to the new one.
            PrivateAttributes = lease.PrivateAttributes.ContainsKey(LeaseAnnotations.Start)
                ? new Dictionary<string, string?>(StringComparer.Ordinal) { [LeaseAnnotations.Start] = null }
                : null,
        }),
    };

    private static LeaseStep CreateStep(LeaseOperation operation, Lease lease, OwnerLiveness liveness, bool force, bool isChosen)
    {
        var (isNeeded, description) = operation.Kind switch
        {
            LeaseOperationKind.Release => lease.Owner is { } owner ? (true, $"is taken from {owner}") : (false, "has no owner"),
            LeaseOperationKind.Delete => (true, $"is deleted with its checkpoint {lease.Checkpoint}"),
            LeaseOperationKind.Adopt => operation.Adoption!.Describe(lease),
            _ => DescribeReset(operation.Position!.Value, lease, isChosen),
        };

        // A write of descriptive attributes, which does not require the counter, does not affect the owner.
        var affectsOwner = CreateWrite(operation, lease).Condition.Counter is not null;
        var action = LeaseStepAction.Write;
        if (!isNeeded)
        {
            action = LeaseStepAction.Skip;
        }
        else if (liveness is OwnerLiveness.Live && affectsOwner && !force)
        {
            action = LeaseStepAction.Refuse;
            description = $"is processed by {lease.Owner}, which renewed it just now; stop that worker first, or add --force";
        }

        return new() { Lease = lease, Liveness = liveness, Action = action, Description = description };
    }

    // A row that cannot be read can be deleted. Every other operation would need its contents.
    private static LeaseStep CreateStep(LeaseOperation operation, UnreadableLease row)
    {
        var isDeleted = operation.Kind == LeaseOperationKind.Delete;
        return new()
        {
            Lease = new() { Key = row.Key, ShardId = row.ShardId!.Value, Checkpoint = ExtendedSequenceNumber.TrimHorizon },
            Liveness = OwnerLiveness.NotWatched,
            Action = isDeleted ? LeaseStepAction.Write : LeaseStepAction.Skip,
            Description = $"cannot be read as a lease ({row.Problem}), and "
                + (isDeleted ? "is deleted" : "stays unchanged; 'kcl leases delete' deletes it"),
            Problem = row.Problem,
        };
    }

    private static (bool IsNeeded, string Description) DescribeReset(ExtendedSequenceNumber to, Lease lease, bool isChosen)
    {
        // A reset to the tip does not change an ended shard, unless that shard was selected.
        if (lease.Checkpoint.IsShardEnd && StartPosition.From(to).IsLatest && !isChosen)
        {
            return (false, "has ended");
        }

        var isAtPosition = lease.Checkpoint == to && !lease.PrivateAttributes.ContainsKey(LeaseAnnotations.Start);
        return isAtPosition && lease.PendingCheckpoint is null && lease.Owner is null
            ? (false, $"is already at {to}")
            : (true, $"is moved from {lease.Checkpoint} to {to}" + (lease.Owner is { } owner ? $" and is taken from {owner}" : ""));
    }
}
