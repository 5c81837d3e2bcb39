using System.Globalization;
using System.Text;
using Kcl.Leasing;
using Kcl.Leasing.Administration;

namespace Kcl.Cli.Leases;

/// <summary>Writes leases and plans as text in columns.</summary>
internal static class LeasesText
{
    public static string List(LeaseListing leases, string location)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{leases.Count} lease(s) in {location}");
        AppendColumns(text, ["LEASE", "OWNER", "COUNTER", "CHECKPOINT"],
            leases.Select(static l => (string[])[l.Key.Value, Owner(l), Number(l.Counter), Checkpoint(l)]));
        foreach (var row in leases.Unreadable)
        {
            text.Append(Show(row));
        }

        return text.ToString();
    }

    public static string Show(Lease lease)
    {
        var text = new StringBuilder();
        AppendColumns(text, null,
        [
            ["lease", lease.Key.Value],
            ["shard", lease.ShardId.Value],
            ["owner", Owner(lease)],
            ["processing", lease.CheckpointOwner is { } current ? $"{current} (hand-off to {Owner(lease)} is pending)" : Owner(lease)],
            ["counter", Number(lease.Counter)],
            ["checkpoint", Checkpoint(lease)],
            ["pending", lease.PendingCheckpoint is { } pending
                ? $"{pending}{(lease.PendingCheckpointState is { } state ? $", {state.Length} bytes of state" : "")}" : "-"],
            ["owner switches", Number(lease.OwnerSwitchesSinceCheckpoint)],
            ["parents", Join(lease.ParentShardIds)],
            ["children", Join(lease.ChildShardIds)],
            ["hash keys", HashKeys(lease)],
            .. lease.PrivateAttributes.OrderBy(static a => a.Key, StringComparer.Ordinal).Select(static a => (string[])[a.Key, a.Value]),
        ]);
        return text.ToString();
    }

    public static string Show(UnreadableLease row) =>
        $"Row {row.Key} cannot be read as a lease: {row.Problem}. Its shard is not consumed. Correct the row, or delete "
            + $"it with 'kcl leases delete --shard {row.Key}' so that a new one is created.{Environment.NewLine}";

    public static string Plan(LeasePlan plan, IReadOnlyList<LeaseStepOutcome>? outcomes, string location)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Title(plan.Operation)} in {location}");
        var byKey = outcomes?.ToDictionary(static o => o.Step.Lease.Key, static o => o.Status);
        AppendColumns(text, null, plan.Steps.Select(s => (string[])[Result(s, byKey), s.Lease.Key.Value, s.Description]));
        foreach (var note in plan.Notes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Note: {note}");
        }

        if (plan.Steps.Count == 0)
        {
            text.AppendLine("There are no leases. Check the application's name and where its leases are stored.");
        }
        else if (!plan.CanApply)
        {
            text.AppendLine("Nothing was changed: a running worker owns a lease. Stop the worker, or add --force to take the lease from it."
                + " Records since its last checkpoint may then be processed again.");
        }
        else if (outcomes is null)
        {
            text.AppendLine(plan.Steps.Any(static s => s.Action == LeaseStepAction.Write)
                ? "Nothing was changed. Add --yes to apply these changes."
                : "There is nothing to change.");
        }
        else if (outcomes.Any(static o => o.Status != LeaseWriteStatus.Written))
        {
            text.AppendLine("Some leases were not changed, because another process changed them at the same time. Check "
                + "them and run the command again.");
        }

        return text.ToString();
    }

    internal static string Result(LeaseStep step, Dictionary<LeaseKey, LeaseWriteStatus>? outcomes) => (step.Action, outcomes) switch
    {
        (LeaseStepAction.Refuse, _) => "refused",
        (LeaseStepAction.Skip, _) => "unchanged",
        (_, null) => "planned",
        (_, var done) => done.GetValueOrDefault(step.Lease.Key, LeaseWriteStatus.Conflict) switch
        {
            LeaseWriteStatus.Written => "done",
            LeaseWriteStatus.Missing => "gone",
            _ => "conflict",
        },
    };

    private static string Title(LeaseOperation operation) => operation.Kind switch
    {
        LeaseOperationKind.Release => "Release",
        LeaseOperationKind.Delete => "Delete",
        LeaseOperationKind.Adopt => $"Adopt for stream {operation.Stream}",
        _ => $"Reset to {operation.Position}",
    };

    private static string Owner(Lease lease) => lease.Owner?.Value ?? "-";

    private static string HashKeys(Lease lease) => lease.HashKeyRange is { } range
        ? string.Create(CultureInfo.InvariantCulture, $"{range.Start} - {range.End}")
        : "-";

    private static string Checkpoint(Lease lease) => lease.Checkpoint.ToString();

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Join(IReadOnlyList<ShardId> shards) => shards.Count == 0 ? "-" : string.Join(", ", shards);

    private static void AppendColumns(StringBuilder text, string[]? heads, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (heads is not null)
        {
            all.Insert(0, heads);
        }

        var widths = new int[all.Count == 0 ? 0 : all[0].Length];
        foreach (var row in all)
        {
            for (var i = 0; i < row.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        foreach (var row in all)
        {
            text.AppendLine(string.Join("  ", row.Select((cell, i) => i == row.Length - 1 ? cell : cell.PadRight(widths[i]))));
        }
    }
}
