using System.Collections.ObjectModel;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Kcl.Leasing;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace Kcl.Leases.DynamoDb;

/// <summary>Conditional writes as DynamoDB requests. Only a new row is put whole; every change names its attributes, so that those we do not know survive.</summary>
internal static class LeaseWriteRequests
{
    public static PutItemRequest Create(string table, Lease lease) => new()
    {
        TableName = table,
        Item = LeaseItem.ToItem(lease),
        ConditionExpression = $"attribute_not_exists({Attributes.Key})",
        ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
        ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
    };

    /// <summary>The change as an update.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The lease.</param>
    /// <param name="update">The change.</param>
    /// <param name="handingOverFrom">
    /// Only for a removal of the owner: the worker that a pending 3.x hand-over names as still processing. The row then already names the next owner, who must stay;
    /// what is removed is the hand-over. Null otherwise, and the removal is then refused by the store if there is a hand-over after all.
    /// </param>
    public static UpdateItemRequest Update(string table, LeaseKey key, LeaseUpdate update, WorkerId? handingOverFrom = null)
    {
        update.ThrowIfInvalid();
        List<string> set = [], remove = [], condition = [];
        var values = update.ExpectedCounter is { } expected ? Expected(expected) : new Item(StringComparer.Ordinal);

        if (update.ExpectedCounter is { } counter)
        {
            condition.Add(CounterIs(counter));
            Set(Attributes.Counter, ":counter", LeaseItem.Integer(counter + 1));
            AddOwner();
            AddPositions();
        }
        else
        {
            condition.Add($"attribute_exists({Attributes.Key})");
        }

        AddConditions();
        AddShards(Attributes.Children, ":children", update.ChildShardIds);
        AddShards(Attributes.Parents, ":parents", update.ParentShardIds);
        AddRange();
        AddPrivateAttributes();

        var expression = (set.Count > 0 ? "SET " + string.Join(", ", set) : "") + (remove.Count > 0 ? " REMOVE " + string.Join(", ", remove) : "");
        return new()
        {
            TableName = table,
            Key = KeyOf(key),
            ConditionExpression = string.Join(" AND ", condition),
            UpdateExpression = expression.Length > 0 ? expression : null,
            ExpressionAttributeValues = values.Count > 0 ? values : null,
            ReturnValues = ReturnValue.ALL_NEW,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
            ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
        };

        void Set(string attribute, string placeholder, AttributeValue value)
        {
            set.Add($"{attribute} = {placeholder}");
            values[placeholder] = value;
        }

        void AddConditions()
        {
            if (update.ExpectedCheckpoint is { } checkpoint)
            {
                condition.Add($"{Attributes.Checkpoint} = :expectedCheckpoint");
                values[":expectedCheckpoint"] = LeaseItem.Text(checkpoint.ToCheckpointText());
                if (checkpoint.SubSequenceNumber != 0)
                {
                    condition.Add($"{Attributes.CheckpointSub} = :expectedSub");
                    values[":expectedSub"] = LeaseItem.Integer(checkpoint.SubSequenceNumber);
                }
            }

            if (update.ExpectedAbsentAttribute is { } absent)
            {
                condition.Add($"attribute_not_exists({absent})");
            }
        }

        void AddShards(string attribute, string placeholder, IReadOnlyList<ShardId>? shards)
        {
            if (shards is { Count: > 0 })
            {
                Set(attribute, placeholder, LeaseItem.Set(shards));
            }
            else if (shards is not null)
            {
                remove.Add(attribute);
            }
        }

        void AddRange()
        {
            if (update.HashKeyRange is not { } range)
            {
                return;
            }

            if (LeaseItem.IsStorable(range))
            {
                Set(Attributes.StartingHashKey, ":start", LeaseItem.HashKey(range.Start));
                Set(Attributes.EndingHashKey, ":end", LeaseItem.HashKey(range.End));
            }
            else
            {
                remove.Add(Attributes.StartingHashKey);
                remove.Add(Attributes.EndingHashKey);
            }
        }

        void AddPrivateAttributes()
        {
            foreach (var (name, value) in update.PrivateAttributes ?? ReadOnlyDictionary<string, string?>.Empty)
            {
                if (value is null)
                {
                    remove.Add(name);
                }
                else
                {
                    Set(name, ":" + name, LeaseItem.Text(value));
                }
            }
        }

        void AddOwner()
        {
            if (update.Owner is not { } owner)
            {
                return;
            }

            if (owner.Value is { } worker)
            {
                Set(Attributes.Owner, ":owner", LeaseItem.Text(worker.Value));
                remove.Add(Attributes.CheckpointOwner);
            }
            else if (handingOverFrom is { } processing)
            {
                condition.Add($"{Attributes.CheckpointOwner} = :processing");
                values[":processing"] = LeaseItem.Text(processing.Value);
                remove.Add(Attributes.CheckpointOwner);
            }
            else
            {
                condition.Add($"attribute_not_exists({Attributes.CheckpointOwner})");
                remove.Add(Attributes.Owner);
            }
        }

        void AddPositions()
        {
            if (update.Checkpoint is { } checkpoint)
            {
                Set(Attributes.Checkpoint, ":checkpoint", LeaseItem.Text(checkpoint.ToCheckpointText()));
                Set(Attributes.CheckpointSub, ":sub", LeaseItem.Integer(checkpoint.SubSequenceNumber));
            }

            if (update.OwnerSwitchesSinceCheckpoint is { } switches)
            {
                Set(Attributes.OwnerSwitches, ":switches", LeaseItem.Integer(switches));
            }

            if (update.PendingCheckpoint is not { } pending)
            {
                return;
            }

            if (pending.Value is { } prepared)
            {
                Set(Attributes.PendingCheckpoint, ":pending", LeaseItem.Text(prepared.Position.ToCheckpointText()));
                Set(Attributes.PendingCheckpointSub, ":pendingSub", LeaseItem.Integer(prepared.Position.SubSequenceNumber));
            }
            else
            {
                remove.Add(Attributes.PendingCheckpoint);
                remove.Add(Attributes.PendingCheckpointSub);
            }

            if (pending.Value?.State is { IsEmpty: false } state)
            {
                Set(Attributes.PendingCheckpointState, ":state", LeaseItem.Binary(state));
            }
            else
            {
                remove.Add(Attributes.PendingCheckpointState);
            }
        }
    }

    /// <summary>A removal. Java deletes without a condition; ours at least requires a row with a lease's counter, so that no row of another kind can be hit.</summary>
    public static DeleteItemRequest Delete(string table, LeaseKey key, long? expectedCounter) => new()
    {
        TableName = table,
        Key = KeyOf(key),
        ConditionExpression = expectedCounter is { } expected ? CounterIs(expected) : $"attribute_exists({Attributes.Counter})",
        ExpressionAttributeValues = expectedCounter is { } counter && Expected(counter) is { Count: > 0 } values ? values : null,
        ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
        ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
    };

    public static GetItemRequest Get(string table, LeaseKey key) => new()
    {
        TableName = table,
        Key = KeyOf(key),
        ConsistentRead = true,
        ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
    };

    private static Item Expected(long counter) => counter == LeaseItem.NoCounter ? [] : new(StringComparer.Ordinal) { [":expected"] = LeaseItem.Integer(counter) };

    private static string CounterIs(long expected) => expected == LeaseItem.NoCounter
        ? $"attribute_not_exists({Attributes.Counter}) AND attribute_exists({Attributes.Checkpoint})"
        : $"{Attributes.Counter} = :expected";

    private static Item KeyOf(LeaseKey key) => new(StringComparer.Ordinal) { [Attributes.Key] = LeaseItem.Text(key.Value) };
}
