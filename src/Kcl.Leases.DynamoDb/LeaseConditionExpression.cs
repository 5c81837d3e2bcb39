using System.Globalization;
using Kcl.Leasing;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace Kcl.Leases.DynamoDb;

/// <summary>Translates conditions to DynamoDB condition expressions.</summary>
internal static class LeaseConditionExpression
{
    /// <summary>Translates a condition.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="values">Receives the values of the expression.</param>
    /// <param name="isPresent">The expression for a present row, which is used if the condition has no counter.</param>
    /// <returns>The expression.</returns>
    public static string Write(LeaseCondition condition, Item values, string isPresent = $"attribute_exists({Attributes.Key})")
    {
        if (condition.RequiresAbsentRow)
        {
            return $"attribute_not_exists({Attributes.Key})";
        }

        var expression = condition.Counter is { } counter ? CounterIs(counter, values) : isPresent;
        expression += Is(Attributes.CheckpointOwner, ":processing", condition.CheckpointOwner, values);
        expression += Is(Attributes.Owner, ":expectedOwner", condition.Owner, values);
        if (condition.Checkpoint is { } checkpoint)
        {
            expression += CheckpointIs(checkpoint, values);
        }

        // The placeholders are numbered, because a placeholder has the same maximum length as a name.
        var count = 0;
        foreach (var (name, value) in condition.PrivateAttributes)
        {
            expression += Is(name, string.Create(CultureInfo.InvariantCulture, $":expectedPrivate{++count}"), value, values);
        }

        return expression;
    }

    // A row without a counter was created by hand. A checkpoint shows that it is a lease.
    private static string CounterIs(long counter, Item values)
    {
        if (counter == LeaseItem.NoCounter)
        {
            return $"attribute_not_exists({Attributes.Counter}) AND attribute_exists({Attributes.Checkpoint})";
        }

        values[":expected"] = LeaseItem.ToInteger(counter);
        return $"{Attributes.Counter} = :expected";
    }

    private static string Is(string attribute, string placeholder, LeaseAttribute<WorkerId>? expected, Item values) =>
        expected is { } worker ? Is(attribute, placeholder, worker.Value?.Value, values) : "";

    private static string Is(string attribute, string placeholder, string? expected, Item values)
    {
        if (expected is null)
        {
            return $" AND attribute_not_exists({attribute})";
        }

        values[placeholder] = LeaseItem.ToText(expected);
        return $" AND {attribute} = {placeholder}";
    }

    private static string CheckpointIs(ExtendedSequenceNumber checkpoint, Item values)
    {
        var expression = $" AND {Attributes.Checkpoint} = :expectedCheckpoint";
        values[":expectedCheckpoint"] = LeaseItem.ToText(checkpoint.ToCheckpointText());
        if (!checkpoint.IsNumber)
        {
            return expression;
        }

        values[":expectedSub"] = LeaseItem.ToInteger(checkpoint.SubSequenceNumber);
        return checkpoint.SubSequenceNumber != 0
            ? $"{expression} AND {Attributes.CheckpointSub} = :expectedSub"
            : $"{expression} AND (attribute_not_exists({Attributes.CheckpointSub}) OR {Attributes.CheckpointSub} = :expectedSub)";
    }
}
