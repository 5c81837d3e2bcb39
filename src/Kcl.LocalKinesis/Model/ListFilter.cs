namespace Kcl.LocalKinesis.Model;

/// <summary>A filter of <c>ListShards</c>.</summary>
/// <param name="Type">The service's name of the filter.</param>
/// <param name="Timestamp">The time in milliseconds since the Unix epoch, for the two types that need one.</param>
/// <param name="AfterIndex">The index of the shard, for <c>AFTER_SHARD_ID</c>; otherwise -1.</param>
internal readonly record struct ListFilter(string Type, long Timestamp = 0, int AfterIndex = -1)
{
    /// <summary>The service's names, in the order of its model.</summary>
    public static readonly string[] Types =
        ["AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP"];

    /// <summary>Gets the filter that selects every shard within the retention period.</summary>
    public static ListFilter Default => new("FROM_TRIM_HORIZON");

    /// <summary>Returns the filter that selects the shards after a shard.</summary>
    public static ListFilter After(int index) => new("AFTER_SHARD_ID", AfterIndex: index);
}
