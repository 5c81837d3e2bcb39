using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Kcl.Leasing;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace Kcl.Leases.DynamoDb;

/// <summary>
/// Translates conditional writes to DynamoDB requests. Only a new row is put whole; every other change names its attributes, so that
/// attributes that this version does not know survive.
/// </summary>
internal static class LeaseWriteRequests
{
    public static PutItemRequest Create(string table, Lease lease) => new()
    {
        TableName = table,
        Item = LeaseItem.ToItem(lease),
        ConditionExpression = LeaseConditionExpression.Write(LeaseCondition.RowAbsent, Attributes.Key, []),
        ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
        ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
    };

    /// <summary>Translates an update.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The key of the lease.</param>
    /// <param name="condition">
    /// The condition. A release that says nothing of the checkpoint owner is one of a row without a checkpoint owner.
    /// </param>
    /// <param name="update">The update.</param>
    public static UpdateItemRequest Update(string table, LeaseKey key, LeaseCondition condition, LeaseUpdate update)
    {
        if (update.ReleasesLease && condition.CheckpointOwner is null)
        {
            condition = condition with { CheckpointOwner = new(null) };
        }

        var values = new Item(StringComparer.Ordinal);
        return new()
        {
            TableName = table,
            Key = KeyOf(key),
            ConditionExpression = LeaseConditionExpression.Write(condition, Attributes.Key, values),
            UpdateExpression = LeaseUpdateExpression.Write(condition, update, values),
            ExpressionAttributeValues = values.Count > 0 ? values : null,
            ReturnValues = ReturnValue.ALL_NEW,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
            ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
        };
    }

    /// <summary>
    /// Translates a deletion. Java deletes without a condition; this one requires at least a lease's counter, so that it cannot delete a
    /// row of another kind.
    /// </summary>
    public static DeleteItemRequest Delete(string table, LeaseKey key, LeaseCondition condition)
    {
        var values = new Item(StringComparer.Ordinal);
        return new()
        {
            TableName = table,
            Key = KeyOf(key),
            ConditionExpression = LeaseConditionExpression.Write(condition, Attributes.Counter, values),
            ExpressionAttributeValues = values.Count > 0 ? values : null,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
            ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
        };
    }

    public static GetItemRequest Get(string table, LeaseKey key) => new()
    {
        TableName = table,
        Key = KeyOf(key),
        ConsistentRead = true,
        ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
    };

    private static Item KeyOf(LeaseKey key) => new(StringComparer.Ordinal) { [Attributes.Key] = LeaseItem.Text(key.Value) };
}
