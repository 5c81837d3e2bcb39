using System.Globalization;
using System.Text.Json;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Tests.Shared;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace Kcl.Unit.Tests.Leases.DynamoDb;

/// <summary>A recorded update of a lease by a Java KCL, and the same write in the model of this library.</summary>
internal sealed class RecordedLeaseWrite
{
    // A measurement of KCL 3.x, which the leases of this library do not have.
    private const string Throughput = "throughputKBps";

    private RecordedLeaseWrite(JsonElement request)
    {
        Key = new(request.GetProperty(nameof(Key)).GetProperty("leaseKey").GetProperty("S").GetString()!);
        var values = new Item();
        foreach (var attribute in request.GetProperty("AttributeUpdates").EnumerateObject().Where(static a => a.Name != Throughput))
        {
            var action = attribute.Value.GetProperty("Action").GetString()!;
            if (attribute.Value.TryGetProperty("Value", out var value))
            {
                values[attribute.Name] = ToValue(value);
                action += " " + RecordedRows.Text(values[attribute.Name]);
            }

            Changes.Add(attribute.Name, action);
        }

        foreach (var expected in request.GetProperty("Expected").EnumerateObject())
        {
            var text = expected.Value.TryGetProperty("Value", out var value) ? RecordedRows.Text(ToValue(value)) : "absent";
            Conditions.Add(expected.Name, expected.Name == "leaseKey" ? "present" : text);
        }

        Write = new() { Condition = ToCondition(), Change = ToUpdate(values) };
    }

    /// <summary>Gets the key of the row.</summary>
    public LeaseKey Key { get; }

    /// <summary>Gets the write in the model of this library.</summary>
    public LeaseWrite Write { get; }

    /// <summary>Gets the conditions of the recorded request, by attribute.</summary>
    public SortedDictionary<string, string> Conditions { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the changes of the recorded request, by attribute.</summary>
    public SortedDictionary<string, string> Changes { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the recorded updates of a version of the Java KCL.</summary>
    public static IReadOnlyList<RecordedLeaseWrite> Of(string version) =>
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "assets", "leases", $"dynamodb-calls-{version}.jsonl"))
            .Select(static line => JsonDocument.Parse(line).RootElement)
            .Where(static call => call.GetProperty("op").GetString() == "UpdateItem")
            .Select(static call => call.GetProperty("request"))
            .Where(static request => request.TryGetProperty("AttributeUpdates", out _))
            .Select(static request => new RecordedLeaseWrite(request)),
    ];

    private LeaseCondition ToCondition() => new()
    {
        Counter = Conditions.TryGetValue("leaseCounter", out var counter) ? long.Parse(counter[2..], CultureInfo.InvariantCulture) : null,
        Owner = ToWorker(Conditions, "leaseOwner", "S "),
        CheckpointOwner = ToWorker(Conditions, "checkpointOwner", "S "),
    };

    private LeaseUpdate ToUpdate(Item values) => new()
    {
        IncrementsCounter = Changes.ContainsKey("leaseCounter"),
        Owner = ToWorker(Changes, "leaseOwner", "PUT S "),
        CheckpointOwner = ToWorker(Changes, "checkpointOwner", "PUT S "),
        Checkpoint = Position(values, "checkpoint", "checkpointSubSequenceNumber"),
        PendingCheckpoint = Changes.ContainsKey("pendingCheckpoint") ? new(Pending(values)) : null,
        OwnerSwitchesSinceCheckpoint = Changes.GetValueOrDefault("ownerSwitchesSinceCheckpoint") is { } switches
            && switches.StartsWith("PUT", StringComparison.Ordinal)
            ? Number(values, "ownerSwitchesSinceCheckpoint")
            : null,
        IncrementsOwnerSwitches = Changes.GetValueOrDefault("ownerSwitchesSinceCheckpoint") == "ADD N 1",
        ChildShardIds = values.TryGetValue("childShardIds", out var children)
            ? [.. children.SS.Select(static id => new ShardId(id))]
            : null,
        HashKeyRange = values.TryGetValue("startingHashKey", out var start)
            ? new HashKeyRange(
                UInt128.Parse(start.S, CultureInfo.InvariantCulture),
                UInt128.Parse(values["endingHashKey"].S, CultureInfo.InvariantCulture))
            : null,
    };

    private static LeaseAttribute<WorkerId>? ToWorker(SortedDictionary<string, string> texts, string name, string prefix) =>
        texts.TryGetValue(name, out var text)
            ? new(text.StartsWith(prefix, StringComparison.Ordinal) ? new WorkerId(text[prefix.Length..]) : null)
            : null;

    private static PendingCheckpoint? Pending(Item values) => Position(
        values,
        "pendingCheckpoint",
        "pendingCheckpointSubSequenceNumber") is { } position
        ? new PendingCheckpoint
        {
            Position = position,
            State = values.TryGetValue("pendingCheckpointState", out var state) ? state.B.ToArray() : default(ReadOnlyMemory<byte>?),
        }
        : null;

    private static ExtendedSequenceNumber? Position(Item values, string name, string sub) =>
        values.TryGetValue(name, out var text) ? ExtendedSequenceNumber.Parse(text.S, Number(values, sub)) : null;

    private static long Number(Item values, string name) => long.Parse(values[name].N, CultureInfo.InvariantCulture);

    private static Amazon.DynamoDBv2.Model.AttributeValue ToValue(JsonElement value) =>
        RecordedRows.ToItem(JsonDocument.Parse($$"""{"x":{{value.GetRawText()}}}""").RootElement, binaryIsHex: false)["x"];
}
