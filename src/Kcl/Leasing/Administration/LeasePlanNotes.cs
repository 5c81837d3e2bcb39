using Kcl.Streams;

namespace Kcl.Leasing.Administration;

/// <summary>Creates the notes that an operator should read before a plan is carried out. Pure functions.</summary>
internal static class LeasePlanNotes
{
    private const string InstantOfWorker =
        "The worker that takes the lease first stores its configured start timestamp in the lease. "
        + "Configure the same timestamp in all workers before they start.";

    private const string SkipsRecords = "LATEST skips every record after the old checkpoint that was not yet processed.";

    private const string Deleted =
        "If the shard of a deleted lease is still in the stream, the next shard sync re-creates the lease. The shard then starts like one "
        + "that is new to the application: at TRIM_HORIZON, or, if the application starts at LATEST or AT_TIMESTAMP and another lease "
        + "stores the start time, at that time. If no lease is left, the application starts as a new one.";

    /// <summary>Returns the notes.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="leases">Every lease of the application.</param>
    /// <param name="steps">The steps of the plan.</param>
    public static IReadOnlyList<string> Of(LeaseOperation operation, LeaseListing leases, IReadOnlyList<LeaseStep> steps)
    {
        List<string> notes = [];
        var written = steps.Where(static s => s.Action == LeaseStepAction.Write).Select(static s => s.Lease).ToArray();
        if (operation.Position is { } position)
        {
            var start = StartPosition.From(position);
            if (start.LacksInstant)
            {
                notes.Add(InstantOfWorker);
            }

            if (start.IsLatest)
            {
                notes.Add(SkipsRecords);
            }
        }

        if (operation.Kind == LeaseOperationKind.Delete)
        {
            notes.Add(Deleted);
        }

        if (operation.Kind == LeaseOperationKind.Adopt && written.Length > 0)
        {
            notes.Add(
                $"The leases then belong to stream {operation.Stream}. A worker that is configured with another stream will not start.");
        }

        if (operation.Kind is LeaseOperationKind.Reset or LeaseOperationKind.Delete)
        {
            var ids = written.Select(static l => l.ShardId).ToHashSet();
            var descendants = leases
                .Where(l => !ids.Contains(l.ShardId)
                    && l.ParentShardIds.Any(ids.Contains)
                    && (l.Checkpoint.IsNumber || l.Checkpoint.IsShardEnd))
                .Select(static l => l.ShardId.Value)
                .Order(StringComparer.Ordinal)
                .ToArray();
            if (descendants.Length > 0)
            {
                notes.Add(
                    $"{string.Join(", ", descendants)} are child shards of these and keep their checkpoints: records "
                    + "are then processed again out of order across the resharding.");
            }
        }

        return notes;
    }
}
