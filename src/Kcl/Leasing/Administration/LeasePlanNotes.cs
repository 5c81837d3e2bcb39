using Kcl.Streams;

namespace Kcl.Leasing.Administration;

/// <summary>Says what an operator should know before a plan is carried out. Pure.</summary>
internal static class LeasePlanNotes
{
    private const string InstantOfWorker =
        "The instant of AT_TIMESTAMP is the configured one of the worker that takes the lease first, which stores it in the lease. "
        + "Configure the same instant in all workers before they start.";

    private const string SkipsRecords = "LATEST skips every record that was put since the old checkpoint and is not yet processed.";

    private const string Deleted =
        "A deleted lease of a shard that is still in the stream is created again by the next shard sync. The shard then "
            + "starts where one that "
        + "is new to the application would: at TRIM_HORIZON, or, if the application starts at LATEST or AT_TIMESTAMP and another lease "
        + "remembers the instant, at that instant. Without any lease left, the application starts as a new one.";

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
            notes.Add($"The leases then belong to stream {operation.Stream}. A worker that is configured with another stream is refused.");
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
                    $"{string.Join(", ", descendants)} came after these shards and keep their checkpoints: records are then replayed out "
                    + "of order across the reshard.");
            }
        }

        return notes;
    }
}
