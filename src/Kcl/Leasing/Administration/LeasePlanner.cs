using Kcl.Streams;

namespace Kcl.Leasing.Administration;

/// <summary>Decides what an operation does to each lease. Pure.</summary>
internal static class LeasePlanner
{
    /// <summary>Makes a plan.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="leases">Every lease of the application, and the rows that cannot be read.</param>
    /// <param name="shards">The shards to which the operation applies; <see langword="null"/> for all.</param>
    /// <param name="liveness">What is known of the owners of these leases.</param>
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
            .. selected.Select(lease => Step(operation, lease, LivenessOf(lease), force, isChosen: shards is not null)),
            .. unreadable.Select(row => Step(operation, row)),
        ];
        return new() { Operation = operation, IsForced = force, Steps = steps, Notes = LeasePlanNotes.Of(operation, leases, steps) };

        OwnerLiveness LivenessOf(Lease lease) =>
            liveness.GetValueOrDefault(lease.Key, lease.Owner is null ? OwnerLiveness.Unowned : OwnerLiveness.NotWatched);
    }

    /// <summary>Throws if the table holds leases whose keys name other streams.</summary>
    /// <exception cref="InvalidStateException">It does.</exception>
    public static void ThrowIfOfOtherStreams(LeaseOperation operation, LeaseListing leases)
    {
        var others = new StreamLeaseKeys(operation.Adoption?.Stream.Name ?? default).Select(leases).OtherStreams;
        if (others.Count > 0)
        {
            var target = operation.Stream is { } stream ? $"Stream {stream} cannot adopt these leases" : "These leases cannot be changed";
            throw new InvalidStateException(
                $"{target}: the table holds {StreamLeaseKeys.Describe(others)}. Keys of the form 'account:stream:epoch:shardId' "
                    + "are written "
                + "by a KCL application that reads several streams, which this version does not support. Nothing was written. Check the "
                + "application's name; if the rows are left over, remove them from the table.");
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
                $"There is no lease for {string.Join(", ", names)}. 'kcl leases list' shows the leases there are.");
        }

        return [.. leases.Where(l => shards is null || shards.Contains(l.ShardId)).OrderBy(static l => l.Key)];
    }

    /// <summary>Returns the write that an operation makes of a lease. It requires the counter if it could disturb an owner.</summary>
    public static LeaseWrite Write(LeaseOperation operation, Lease lease) => operation.Kind switch
    {
        LeaseOperationKind.Delete => LeaseWrite.Delete(lease.Counter),
        LeaseOperationKind.Release => LeaseWrite.Fenced(lease.Counter, new() { ReleasesLease = true }),
        LeaseOperationKind.Adopt => operation.Adoption!.Write(lease),
        _ => LeaseWrite.Fenced(lease.Counter, new()
        {
            ReleasesLease = true,
            Checkpoint = operation.Position,
            PendingCheckpoint = new(null),
            OwnerSwitchesSinceCheckpoint = 0,

            // The instant that the former named position meant does not apply to the new one.
            PrivateAttributes = lease.PrivateAttributes.ContainsKey(LeaseAnnotations.Start)
                ? new Dictionary<string, string?>(StringComparer.Ordinal) { [LeaseAnnotations.Start] = null }
                : null,
        }),
    };

    private static LeaseStep Step(LeaseOperation operation, Lease lease, OwnerLiveness liveness, bool force, bool isChosen)
    {
        var (isNeeded, description) = operation.Kind switch
        {
            LeaseOperationKind.Release => lease.Owner is { } owner ? (true, $"is taken from {owner}") : (false, "has no owner"),
            LeaseOperationKind.Delete => (true, $"is deleted with its checkpoint {lease.Checkpoint}"),
            LeaseOperationKind.Adopt => operation.Adoption!.Describe(lease),
            _ => Reset(operation.Position!.Value, lease, isChosen),
        };

        // An unfenced write of descriptive attributes does not disturb the owner.
        var disturbs = Write(operation, lease).Condition.Counter is not null;
        var action = LeaseStepAction.Write;
        if (!isNeeded)
        {
            action = LeaseStepAction.Skip;
        }
        else if (liveness is OwnerLiveness.Live && disturbs && !force)
        {
            action = LeaseStepAction.Refuse;
            description = $"is processed by {lease.Owner}, which renewed it just now; stop that worker first, or add --force";
        }

        return new() { Lease = lease, Liveness = liveness, Action = action, Description = description };
    }

    // A row that cannot be read can be removed. Every other operation would need its contents.
    private static LeaseStep Step(LeaseOperation operation, UnreadableLease row)
    {
        var isDeleted = operation.Kind == LeaseOperationKind.Delete;
        return new()
        {
            Lease = new() { Key = row.Key, ShardId = row.ShardId!.Value, Checkpoint = ExtendedSequenceNumber.TrimHorizon },
            Liveness = OwnerLiveness.NotWatched,
            Action = isDeleted ? LeaseStepAction.Write : LeaseStepAction.Skip,
            Description = $"cannot be read as a lease ({row.Problem}), and "
                + (isDeleted ? "is deleted" : "stays as it is; 'kcl leases delete' removes it"),
            Problem = row.Problem,
        };
    }

    private static (bool IsNeeded, string Description) Reset(ExtendedSequenceNumber to, Lease lease, bool isChosen)
    {
        // A reset to the tip leaves a shard that has ended alone, unless it was named.
        if (lease.Checkpoint.IsShardEnd && StartPosition.From(to).IsLatest && !isChosen)
        {
            return (false, "has ended");
        }

        var isThere = lease.Checkpoint == to && !lease.PrivateAttributes.ContainsKey(LeaseAnnotations.Start);
        return isThere && lease.PendingCheckpoint is null && lease.Owner is null
            ? (false, $"is at {to} already")
            : (true, $"goes from {lease.Checkpoint} to {to}" + (lease.Owner is { } owner ? $" and is taken from {owner}" : ""));
    }
}
