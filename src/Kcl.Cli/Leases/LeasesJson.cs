using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Kcl.Leasing;
using Kcl.Leasing.Administration;

namespace Kcl.Cli.Leases;

/// <summary>Writes leases and plans as JSON. The names are those of the attributes of the lease table.</summary>
internal static class LeasesJson
{
    public static string Leases(IReadOnlyList<Lease> leases, IReadOnlyList<UnreadableLease>? unreadable = null) => Write(json =>
    {
        json.WriteStartArray();
        foreach (var lease in leases)
        {
            json.WriteStartObject();
            Write(json, lease);
            json.WriteEndObject();
        }

        foreach (var row in unreadable ?? [])
        {
            json.WriteStartObject();
            json.WriteString("leaseKey", row.Key.Value);
            json.WriteString("problem", row.Problem);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static string Plan(LeasePlan plan, IReadOnlyList<LeaseStepOutcome>? outcomes) => Write(json =>
    {
        var byKey = outcomes?.ToDictionary(static o => o.Step.Lease.Key, static o => o.Status);
        json.WriteStartObject();
        json.WriteString("operation", Name(plan.Operation.Kind));
        if (plan.Operation.Stream is { } stream)
        {
            json.WriteString("stream", stream);
        }

        if (plan.Operation.Position is { } position)
        {
            json.WriteString("to", position.ToString());
        }

        json.WriteBoolean("forced", plan.IsForced);
        json.WriteBoolean("refused", !plan.CanApply);
        json.WriteBoolean("applied", outcomes is not null);
        json.WriteStartArray("leases");
        foreach (var step in plan.Steps)
        {
            json.WriteStartObject();
            json.WriteString("result", LeasesText.Result(step, byKey));
            json.WriteString("says", step.Description);
            if (step.Problem is { } problem)
            {
                json.WriteString("leaseKey", step.Lease.Key.Value);
                json.WriteString("problem", problem);
            }
            else
            {
                Write(json, step.Lease);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in plan.Notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static string Name(LeaseOperationKind kind) => kind switch
    {
        LeaseOperationKind.Release => "release",
        LeaseOperationKind.Delete => "delete",
        LeaseOperationKind.Adopt => "adopt",
        _ => "reset",
    };

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true }))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + Environment.NewLine;
    }

    private static void Write(Utf8JsonWriter json, Lease lease)
    {
        json.WriteString("leaseKey", lease.Key.Value);
        json.WriteString("shardId", lease.ShardId.Value);
        Optional("leaseOwner", lease.Owner?.Value);
        Optional("checkpointOwner", lease.CheckpointOwner?.Value);
        json.WriteNumber("leaseCounter", lease.Counter);
        json.WriteString("checkpoint", lease.Checkpoint.ToCheckpointText());
        json.WriteNumber("checkpointSubSequenceNumber", lease.Checkpoint.SubSequenceNumber);
        if (lease.PendingCheckpoint is { } pending)
        {
            json.WriteString("pendingCheckpoint", pending.ToCheckpointText());
            json.WriteNumber("pendingCheckpointSubSequenceNumber", pending.SubSequenceNumber);
            if (lease.PendingCheckpointState is { } state)
            {
                json.WriteBase64String("pendingCheckpointState", state.Span);
            }
        }

        json.WriteNumber("ownerSwitchesSinceCheckpoint", lease.OwnerSwitchesSinceCheckpoint);
        Shards("parentShardId", lease.ParentShardIds);
        Shards("childShardIds", lease.ChildShardIds);
        Optional("startingHashKey", lease.HashKeyRange?.Start.ToString(CultureInfo.InvariantCulture));
        Optional("endingHashKey", lease.HashKeyRange?.End.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in lease.PrivateAttributes)
        {
            json.WriteString(name, value);
        }

        void Optional(string name, string? value)
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }

        void Shards(string name, IReadOnlyList<ShardId> shards)
        {
            if (shards.Count > 0)
            {
                json.WriteStartArray(name);
                foreach (var shard in shards)
                {
                    json.WriteStringValue(shard.Value);
                }

                json.WriteEndArray();
            }
        }
    }
}
