namespace Kcl.LocalKinesis.Streams;

/// <summary>A filter of <c>ListShards</c>.</summary>
/// <param name="Type">The service's word for it.</param>
/// <param name="Timestamp">The instant of the two types that name one.</param>
/// <param name="AfterIndex">The shard of <c>AFTER_SHARD_ID</c>.</param>
internal readonly record struct ListFilter(string Type, long Timestamp = 0, int AfterIndex = -1)
{
    /// <summary>The service's words, in the order of its model.</summary>
    public static readonly string[] Types = ["AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP"];

    /// <summary>Every shard within the retention period.</summary>
    public static ListFilter Default => new("FROM_TRIM_HORIZON");
}

/// <summary>Which shards a listing names. Pure.</summary>
internal static class ShardListing
{
    /// <summary>The shards a filter lets through, in the order of their ids; those whose records have all expired are never among them.</summary>
    public static IEnumerable<ShardModel> Select(StreamModel stream, ListFilter filter, long now)
    {
        var horizon = Math.Max(now - stream.RetentionMilliseconds, stream.CreatedAt);
        return stream.Shards.Where(shard => !stream.IsExpired(shard, now) && filter.Type switch
        {
            "AFTER_SHARD_ID" => shard.Index > filter.AfterIndex,
            "AT_LATEST" => shard.IsOpen,
            "AT_TRIM_HORIZON" => WasOpenAt(shard, horizon),
            "AT_TIMESTAMP" => WasOpenAt(shard, Math.Max(filter.Timestamp, horizon)),
            "FROM_TIMESTAMP" => shard.RoutedUntil > Math.Max(filter.Timestamp, horizon),
            _ => true,
        });
    }

    private static bool WasOpenAt(ShardModel shard, long instant) => shard.OpenedAt <= instant && shard.RoutedUntil > instant;
}
