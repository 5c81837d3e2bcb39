using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Kcl.Leasing;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace Kcl.Leases.DynamoDb;

/// <summary>
/// Translates reads and conditional writes to DynamoDB requests. Only a new row is written as a whole. Every other change names its
/// attributes, which preserves attributes that this version does not know.
/// </summary>
internal static class LeaseWriteRequests
{
    // The attributes by which LeaseItem recognizes a lease. A lease that was created by hand may have no counter.
    private const string IsLease = $"(attribute_exists({Attributes.Counter}) OR attribute_exists({Attributes.Checkpoint}))";

    /// <summary>Translates a creation.</summary>
    public static PutItemRequest Create(string table, Lease lease) => new()
    {
        TableName = table,
        Item = LeaseItem.ToItem(lease),
        ConditionExpression = LeaseConditionExpression.Write(LeaseCondition.RowAbsent, []),
        ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
        ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
    };

    /// <summary>Translates an update.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The key of the lease.</param>
    /// <param name="condition">The condition. A release without a condition on the checkpoint owner requires its absence.</param>
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
            ConditionExpression = LeaseConditionExpression.Write(condition, values),
            UpdateExpression = LeaseUpdateExpression.Write(condition, update, values),
            ExpressionAttributeValues = values.Count > 0 ? values : null,
            ReturnValues = ReturnValue.ALL_NEW,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
            ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
        };
    }

    /// <summary>
    /// Translates a deletion. The Java KCL deletes without a condition. This request requires at least an attribute that only leases have,
    /// so
    /// that it cannot delete a row that is not a lease.
    /// </summary>
    public static DeleteItemRequest Delete(string table, LeaseKey key, LeaseCondition condition)
    {
        var values = new Item(StringComparer.Ordinal);
        return new()
        {
            TableName = table,
            Key = KeyOf(key),
            ConditionExpression = LeaseConditionExpression.Write(condition, values, IsLease),
            ExpressionAttributeValues = values.Count > 0 ? values : null,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
            ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
        };
    }

    /// <summary>Creates the request that reads a row.</summary>
    public static GetItemRequest Get(string table, LeaseKey key) => new()
    {
        TableName = table,
        Key = KeyOf(key),
        ConsistentRead = true,
        ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
    };

    private static Item KeyOf(LeaseKey key) => new(StringComparer.Ordinal) { [Attributes.Key] = LeaseItem.ToText(key.Value) };
}
