namespace Kcl.LocalKinesis.Model;

/// <summary>Selects the shards of a listing. Pure functions. All times are in milliseconds since the Unix epoch.</summary>
internal static class ShardListing
{
    /// <summary>Returns the shards that match a filter, ordered by id, without those whose records have all expired.</summary>
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

    private static bool WasOpenAt(ShardModel shard, long instant) =>
        shard.OpenedAt <= instant && shard.RoutedUntil > instant;
}
