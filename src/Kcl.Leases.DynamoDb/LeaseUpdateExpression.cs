using System.Collections.ObjectModel;
using System.Globalization;
using Amazon.DynamoDBv2.Model;
using Kcl.Leasing;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace Kcl.Leases.DynamoDb;

/// <summary>Translates updates to DynamoDB update expressions, which name only the attributes that change.</summary>
/// <param name="values">Receives the values of the expression.</param>
internal sealed class LeaseUpdateExpression(Item values)
{
    private readonly List<string> _set = [];
    private readonly List<string> _remove = [];
    private readonly List<string> _add = [];

    /// <summary>Translates an update.</summary>
    /// <param name="condition">The condition of the write. For a release, it must require a checkpoint owner or its absence.</param>
    /// <param name="update">The update.</param>
    /// <param name="values">Receives the values of the expression.</param>
    /// <returns>The expression; null if nothing changes.</returns>
    public static string? Write(LeaseCondition condition, LeaseUpdate update, Item values)
    {
        var expression = new LeaseUpdateExpression(values);
        expression.AddCounter(condition, update);
        expression.AddOwners(condition, update);
        expression.AddPositions(update);
        expression.AddShards(Attributes.Children, ":children", update.ChildShardIds);
        expression.AddShards(Attributes.Parents, ":parents", update.ParentShardIds);
        expression.AddRange(update);
        expression.AddPrivateAttributes(update);
        return expression.Build();
    }

    // A known counter is set to the next value. An unknown counter is incremented by the server, as KCL 3.x does.
    private void AddCounter(LeaseCondition condition, LeaseUpdate update)
    {
        if (!update.IncrementsCounter)
        {
            return;
        }

        if (condition.Counter is { } counter)
        {
            Set(Attributes.Counter, ":counter", LeaseItem.ToInteger(counter + 1));
        }
        else
        {
            Increment(Attributes.Counter);
        }
    }

    private void AddOwners(LeaseCondition condition, LeaseUpdate update)
    {
        if (update.ReleasesLease)
        {
            _remove.Add(condition.CheckpointOwner is { Value: not null } ? Attributes.CheckpointOwner : Attributes.Owner);
        }

        SetOrRemove(Attributes.Owner, ":owner", update.Owner);
        SetOrRemove(Attributes.CheckpointOwner, ":checkpointOwner", update.CheckpointOwner);
    }

    private void AddPositions(LeaseUpdate update)
    {
        if (update.Checkpoint is { } checkpoint)
        {
            Set(Attributes.Checkpoint, ":checkpoint", LeaseItem.ToText(checkpoint.ToCheckpointText()));
            Set(Attributes.CheckpointSub, ":sub", LeaseItem.ToInteger(checkpoint.SubSequenceNumber));
        }

        if (update.OwnerSwitchesSinceCheckpoint is { } switches)
        {
            Set(Attributes.OwnerSwitches, ":switches", LeaseItem.ToInteger(switches));
        }

        if (update.IncrementsOwnerSwitches)
        {
            Increment(Attributes.OwnerSwitches);
        }

        if (update.PendingCheckpoint is { } pending)
        {
            AddPending(pending.Value);
        }
    }

    private void AddPending(PendingCheckpoint? pending)
    {
        if (pending is { } prepared)
        {
            Set(Attributes.PendingCheckpoint, ":pending", LeaseItem.ToText(prepared.Position.ToCheckpointText()));
            Set(Attributes.PendingCheckpointSub, ":pendingSub", LeaseItem.ToInteger(prepared.Position.SubSequenceNumber));
        }
        else
        {
            _remove.Add(Attributes.PendingCheckpoint);
            _remove.Add(Attributes.PendingCheckpointSub);
        }

        if (pending?.State is { IsEmpty: false } state)
        {
            Set(Attributes.PendingCheckpointState, ":state", LeaseItem.ToBinary(state));
        }
        else
        {
            _remove.Add(Attributes.PendingCheckpointState);
        }
    }

    private void AddShards(string attribute, string placeholder, IReadOnlyList<ShardId>? shards)
    {
        if (shards is { Count: > 0 })
        {
            Set(attribute, placeholder, LeaseItem.ToSet(shards));
        }
        else if (shards is not null)
        {
            _remove.Add(attribute);
        }
    }

    private void AddRange(LeaseUpdate update)
    {
        if (update.HashKeyRange is not { } range)
        {
            return;
        }

        if (Lease.IsStorableRange(range))
        {
            Set(Attributes.StartingHashKey, ":start", LeaseItem.ToHashKey(range.Start));
            Set(Attributes.EndingHashKey, ":end", LeaseItem.ToHashKey(range.End));
        }
        else
        {
            _remove.Add(Attributes.StartingHashKey);
            _remove.Add(Attributes.EndingHashKey);
        }
    }

    // The placeholders are numbered, because a placeholder has the same maximum length as a name.
    private void AddPrivateAttributes(LeaseUpdate update)
    {
        var count = 0;
        foreach (var (name, value) in update.PrivateAttributes ?? ReadOnlyDictionary<string, string?>.Empty)
        {
            if (value is null)
            {
                _remove.Add(name);
            }
            else
            {
                Set(name, string.Create(CultureInfo.InvariantCulture, $":private{++count}"), LeaseItem.ToText(value));
            }
        }
    }

    private void SetOrRemove(string attribute, string placeholder, LeaseAttribute<WorkerId>? worker)
    {
        if (worker is { Value: { } id })
        {
            Set(attribute, placeholder, LeaseItem.ToText(id.Value));
        }
        else if (worker is not null)
        {
            _remove.Add(attribute);
        }
    }

    private void Set(string attribute, string placeholder, AttributeValue value)
    {
        _set.Add($"{attribute} = {placeholder}");
        values[placeholder] = value;
    }

    private void Increment(string attribute)
    {
        _add.Add($"{attribute} :one");
        values[":one"] = LeaseItem.ToInteger(1);
    }

    private string? Build()
    {
        var text = BuildClause("SET ", _set) + BuildClause(" REMOVE ", _remove) + BuildClause(" ADD ", _add);
        return text.Length > 0 ? text : null;
    }

    private static string BuildClause(string keyword, List<string> parts) => parts.Count > 0 ? keyword + string.Join(", ", parts) : "";
}
