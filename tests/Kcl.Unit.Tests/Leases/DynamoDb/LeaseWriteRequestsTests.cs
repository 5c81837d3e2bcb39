using System.Text.Json;
using System.Text.RegularExpressions;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Kcl.Leases.DynamoDb;
using Kcl.Leasing;
using Kcl.Tests.Shared;

namespace Kcl.Unit.Tests.Leases.DynamoDb;

/// <summary>Compares the writes with recorded writes of KCL 2.6.1: the same attributes, types and conditions.</summary>
public partial class LeaseWriteRequestsTests
{
    private static readonly IReadOnlyList<JsonElement> Calls =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "assets", "leases", "dynamodb-calls-2.6.1.jsonl"))
            .Select(static l => JsonDocument.Parse(l).RootElement),
    ];

    [Fact]
    public void A_table_is_created_as_Java_creates_it()
    {
        var recorded = Calls.Single(static c => Op(c) == "CreateTable").GetProperty("request");
        var ours = LeaseTable.CreateRequest("APP", new() { ApplicationName = "APP" });
        Assert.Equal(
            """[{"AttributeName": "leaseKey", "AttributeType": "S"}]""",
            recorded.GetProperty("AttributeDefinitions").GetRawText());
        Assert.Equal(
            ("leaseKey", ScalarAttributeType.S),
            ours.AttributeDefinitions.Select(static a => (a.AttributeName, a.AttributeType)).Single());
        Assert.Equal("""[{"AttributeName": "leaseKey", "KeyType": "HASH"}]""", recorded.GetProperty("KeySchema").GetRawText());
        Assert.Equal(("leaseKey", KeyType.HASH), ours.KeySchema.Select(static k => (k.AttributeName, k.KeyType)).Single());
        Assert.Equal(recorded.GetProperty("BillingMode").GetString(), ours.BillingMode.Value);
        Assert.Equal(recorded.GetProperty("DeletionProtectionEnabled").GetBoolean(), ours.DeletionProtectionEnabled);
        Assert.Null(ours.Tags);
    }

    [Fact]
    public void A_provisioned_protected_and_tagged_table_is_asked_for_as_configured()
    {
        var ours = LeaseTable.CreateRequest(
            "APP",
            new()
            {
                ApplicationName = "APP",
                Provisioned = new ProvisionedCapacity(),
                DeletionProtection = true,
                Tags = { ["team"] = "words" },
            });
        Assert.Equal(
            (BillingMode.PROVISIONED, 10, 10),
            (ours.BillingMode, ours.ProvisionedThroughput.ReadCapacityUnits, ours.ProvisionedThroughput.WriteCapacityUnits));
        Assert.True(ours.DeletionProtectionEnabled);
        Assert.Equal(("team", "words"), ours.Tags.Select(static t => (t.Key, t.Value)).Single());
    }

    [Fact]
    public void A_new_lease_is_put_as_Java_puts_it()
    {
        foreach (var call in Calls.Where(static c => Op(c) == "PutItem"))
        {
            var recorded = RecordedRows.ToItem(call.GetProperty("request").GetProperty("Item"), binaryIsHex: false);
            Assert.True(LeaseItem.TryRead(recorded, out var lease, out _));
            var ours = LeaseWriteRequests.Create("APP", lease);
            Assert.Equal(RecordedRows.Text(recorded), RecordedRows.Text(ours.Item));
            Assert.Equal("attribute_not_exists(leaseKey)", ours.ConditionExpression);
        }
    }

    public static TheoryData<string, LeaseWrite> LifeStages
    {
        get
        {
            var pending = ExtendedSequenceNumber.Parse("49680506039611575244119236435218749610845381009038377058");
            return new()
            {
                { "first take", LeaseWrite.Update(0, Take("worker-a")) },
                { "take over", LeaseWrite.Update(23, Take("worker-b") with { OwnerSwitchesSinceCheckpoint = 1 }) },
                { "renew", LeaseWrite.Update(1, new()) },
                {
                    "checkpoint", LeaseWrite.Update(4, new()
                    {
                        Checkpoint = ExtendedSequenceNumber.Parse("49680506004220292614051137509856648060091110152170635314"),
                        PendingCheckpoint = new(null),
                        OwnerSwitchesSinceCheckpoint = 0,
                    })
                },
                {
                    "prepare", LeaseWrite.Update(13, new()
                    {
                        Checkpoint = ExtendedSequenceNumber.TrimHorizon,
                        PendingCheckpoint = new(new PendingCheckpoint { Position = pending, State = "state of the processor"u8.ToArray() }),
                        OwnerSwitchesSinceCheckpoint = 1,
                    })
                },
                { "children", LeaseWrite.Describe(new() { ChildShardIds = [new("shardId-000000000005"), new("shardId-000000000004")] }) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(LifeStages), DisableDiscoveryEnumeration = true)]
    public void Each_write_changes_what_Java_changes_and_no_more(string stage, LeaseWrite write)
    {
        var (recorded, expected) = Recorded(stage);
        var ours = Update(write);
        var changes = Changes(ours);

        // KCL 2.x also writes unchanged hash keys, which is not necessary. It does not know checkpointOwner, which a take must remove.
        changes.Remove("checkpointOwner");
        Assert.Equal(
            recorded.Where(static c => !c.Key.EndsWith("HashKey", StringComparison.Ordinal))
                .OrderBy(static c => c.Key, StringComparer.Ordinal),
            changes.OrderBy(static c => c.Key, StringComparer.Ordinal));
        Assert.Equal(expected, Condition(ours));
    }

    [Fact]
    public void A_take_removes_the_checkpoint_owner_of_a_hand_off() =>
        Assert.Contains("REMOVE checkpointOwner", Update(LeaseWrite.Update(1, Take("w"))).UpdateExpression, StringComparison.Ordinal);

    [Fact]
    public void A_release_removes_the_owner_unless_the_row_names_the_next_one_already()
    {
        var release = LeaseWrite.Update(1, new() { ReleasesLease = true });
        var plain = Update(release);
        Assert.Equal("SET leaseCounter = :counter REMOVE leaseOwner", plain.UpdateExpression);
        Assert.Equal("leaseCounter = :expected AND attribute_not_exists(checkpointOwner)", plain.ConditionExpression);

        var handOver = Update(release with { Condition = release.Condition with { CheckpointOwner = new(new WorkerId("w")) } });
        Assert.Equal("SET leaseCounter = :counter REMOVE checkpointOwner", handOver.UpdateExpression);
        Assert.Equal("leaseCounter = :expected AND checkpointOwner = :processing", handOver.ConditionExpression);
    }

    [Fact]
    public void Ownership_and_checkpoints_cannot_be_written_without_a_fence()
    {
        LeaseUpdate[] unfenced =
        [
            new() { ReleasesLease = true },
            new() { Checkpoint = ExtendedSequenceNumber.ShardEnd },
            new() { PendingCheckpoint = new(null) },
            new() { OwnerSwitchesSinceCheckpoint = 0 },
        ];
        Assert.All(unfenced, static update => Assert.Throws<ArgumentException>(() => LeaseWrite.Describe(update).ThrowIfInvalid(new("s"))));
    }

    [Fact]
    public void A_delete_is_fenced_or_at_least_wants_a_lease()
    {
        Assert.Equal(
            "leaseCounter = :expected",
            LeaseWriteRequests.Delete("APP", new("s"), LeaseCondition.CounterIs(3)).ConditionExpression);
        Assert.Equal(
            "(attribute_exists(leaseCounter) OR attribute_exists(checkpoint))",
            LeaseWriteRequests.Delete("APP", new("s"), LeaseCondition.RowPresent).ConditionExpression);
    }

    private static UpdateItemRequest Update(LeaseWrite write) =>
        LeaseWriteRequests.Update("APP", new("s"), write.Condition, (LeaseUpdate)write.Change);

    private static LeaseUpdate Take(string worker) => new() { Owner = new(new WorkerId(worker)), CheckpointOwner = new(null) };

    private static (Dictionary<string, string> Changes, string Condition) Recorded(string stage)
    {
        var request = Calls.Where(static c => Op(c) == "UpdateItem").Select(static c => c.GetProperty("request")).First(r =>
        {
            var names = r.GetProperty("AttributeUpdates").EnumerateObject().Select(static a => a.Name).ToHashSet(StringComparer.Ordinal);
            var pending = r.GetProperty("AttributeUpdates").TryGetProperty("pendingCheckpoint", out var p)
                ? p.GetProperty("Action").GetString()
                : null;
            return stage switch
            {
                "first take" => names.SetEquals(["leaseCounter", "leaseOwner"]),
                "take over" => names.Contains("leaseOwner") && names.Contains("ownerSwitchesSinceCheckpoint"),
                "renew" => names.SetEquals(["leaseCounter"]),
                "checkpoint" => pending == "DELETE",
                "prepare" => pending == "PUT",
                _ => names.SetEquals(["childShardIds"]),
            };
        });
        var changes = request.GetProperty("AttributeUpdates").EnumerateObject().ToDictionary(
            static a => a.Name,
            static a => a.Value.GetProperty("Action").GetString() switch
        {
            "DELETE" => "REMOVE",
            // ADD 1 to a known counter has the same effect as SET
            _ => RecordedRows.Text(RecordedRows.ToItem(Wrapped(a.Value.GetProperty("Value")), binaryIsHex: false)["x"]),
        });
        var expected = request.GetProperty("Expected").EnumerateObject().Single();
        return (
            changes,
            expected.Name == "leaseKey"
                ? "attribute_exists(leaseKey)"
                : $"{expected.Name} = N {expected.Value.GetProperty("Value").GetProperty("N").GetString()}");
    }

    private static JsonElement Wrapped(JsonElement value) => JsonDocument.Parse($$"""{"x":{{value.GetRawText()}}}""").RootElement;

    private static Dictionary<string, string> Changes(UpdateItemRequest request)
    {
        var match = Clauses().Match(request.UpdateExpression);
        var changes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var assignment in match.Groups["set"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = assignment.Split(" = ");
            changes[parts[0]] = RecordedRows.Text(request.ExpressionAttributeValues[parts[1]]);
        }

        foreach (var name in match.Groups["remove"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            changes[name] = "REMOVE";
        }

        return changes;
    }

    private static string Condition(UpdateItemRequest request) => request.ConditionExpression.StartsWith(
        "leaseCounter = :expected",
        StringComparison.Ordinal)
        ? $"leaseCounter = {RecordedRows.Text(request.ExpressionAttributeValues[":expected"])}"
        : request.ConditionExpression;

    private static string? Op(JsonElement call) => call.GetProperty("op").GetString();

    [GeneratedRegex("^(SET (?<set>.*?))?( ?REMOVE (?<remove>.*))?$")]
    private static partial Regex Clauses();
}
