using System.Text.RegularExpressions;
using Amazon.DynamoDBv2.Model;
using Kcl.Leases.DynamoDb;
using Kcl.Leasing;
using Kcl.Tests.Shared;

namespace Kcl.Unit.Tests.Leases.DynamoDb;

/// <summary>Tests that the model expresses every recorded update of a lease by the Java KCL, with the same meaning.</summary>
public partial class RecordedLeaseWriteTests
{
    [Theory]
    [InlineData("2.6.1", 7)]
    [InlineData("3.1.3", 11)]
    [InlineData("3.5.1", 10)]
    public void Each_recorded_update_has_the_same_conditions_and_changes_in_the_model(string version, int count)
    {
        var recorded = RecordedLeaseWrite.Of(version);
        Assert.Equal(count, recorded.Count);
        foreach (var call in recorded)
        {
            call.Write.ThrowIfInvalid(call.Key);
            var ours = LeaseWriteRequests.Update("APP", call.Key, call.Write.Condition, (LeaseUpdate)call.Write.Change);
            var conditions = ConditionsOf(ours);
            if (!call.Conditions.ContainsKey("leaseKey"))
            {
                // A condition on the counter implies that the row exists.
                Assert.DoesNotContain("leaseKey", conditions.Keys);
            }

            Assert.Equal(call.Conditions, conditions);
            Assert.Equal(call.Changes, ChangesOf(ours));
        }
    }

    [Fact]
    public void The_recordings_contain_what_KCL_3x_does_to_a_lease()
    {
        var writes = RecordedLeaseWrite.Of("3.5.1").Select(static c => (c.Write.Condition, Update: (LeaseUpdate)c.Write.Change)).ToList();
        Assert.Contains(
            writes,
            static w => w is { Condition.Owner.Value: null, Update: { Owner.Value: not null, IncrementsCounter: true } }
                && w.Condition.Counter is null);
        Assert.Contains(
            writes,
            static w => w.Update is { IncrementsOwnerSwitches: true, CheckpointOwner: { Value: null } }
                && w.Condition.Owner is { Value: not null });
        Assert.Contains(
            writes,
            static w => w.Update is { Owner.Value: not null, CheckpointOwner.Value: not null, IncrementsCounter: false });
        Assert.Contains(
            writes,
            static w => w.Condition is { Counter: not null, CheckpointOwner: { Value: null } } && w.Update.Owner is null);
    }

    [Fact]
    public void The_end_of_a_hand_off_requires_both_owners_and_leaves_the_next_one()
    {
        // The last write of a hand-off, by the worker that hands off the lease.
        var write = new LeaseWrite
        {
            Condition = new() { Owner = new(new WorkerId("b")), CheckpointOwner = new(new WorkerId("a")) },
            Change = new LeaseUpdate { IncrementsCounter = true, Owner = new(new WorkerId("b")), CheckpointOwner = new(null) },
        };
        write.ThrowIfInvalid(new("s"));
        var ours = LeaseWriteRequests.Update("APP", new("s"), write.Condition, (LeaseUpdate)write.Change);
        Assert.Equal(
            ["checkpointOwner: S a", "leaseKey: present", "leaseOwner: S b"],
            ConditionsOf(ours).Select(static c => $"{c.Key}: {c.Value}"));
        Assert.Equal(
            ["checkpointOwner: DELETE", "leaseCounter: ADD N 1", "leaseOwner: PUT S b"],
            ChangesOf(ours).Select(static c => $"{c.Key}: {c.Value}"));
    }

    private static SortedDictionary<string, string> ConditionsOf(UpdateItemRequest request)
    {
        var conditions = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in request.ConditionExpression.Split(" AND "))
        {
            var match = Part().Match(part);
            Assert.True(match.Success, part);
            conditions.Add(match.Groups["name"].Value, match.Groups["function"].Value switch
            {
                "attribute_exists" => "present",
                "attribute_not_exists" => "absent",
                _ => RecordedRows.Text(request.ExpressionAttributeValues[match.Groups["value"].Value]),
            });
        }

        return conditions;
    }

    private static SortedDictionary<string, string> ChangesOf(UpdateItemRequest request)
    {
        var changes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Match clause in Clauses().Matches(request.UpdateExpression))
        {
            foreach (var part in clause.Groups["parts"].Value.Split(", "))
            {
                var words = part.Split(' ', '=').Where(static w => w.Length > 0).ToArray();
                var value = words.Length > 1 ? " " + RecordedRows.Text(request.ExpressionAttributeValues[words[1]]) : "";
                changes.Add(
                    words[0],
                    clause.Groups["action"].Value switch { "SET" => "PUT", "REMOVE" => "DELETE", var add => add } + value);
            }
        }

        return changes;
    }

    [GeneratedRegex(@"^((?<function>attribute_exists|attribute_not_exists)\((?<name>\w+)\)|(?<name>\w+) = (?<value>:\w+))$")]
    private static partial Regex Part();

    [GeneratedRegex("(?<action>SET|REMOVE|ADD) (?<parts>.*?)(?= SET | REMOVE | ADD |$)")]
    private static partial Regex Clauses();
}
