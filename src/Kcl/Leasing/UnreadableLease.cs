namespace Kcl.Leasing;

/// <summary>A row that should be a lease but cannot be read.</summary>
/// <param name="Key">The row's key; for an application with one stream, the shard's id.</param>
/// <param name="Problem">What is wrong with the row: one clause, for example <c>checkpoint 'x' is not a checkpoint</c>.</param>
public sealed record UnreadableLease(LeaseKey Key, string Problem)
{
    /// <summary>Gets the row's shard; <see langword="null"/> if the key does not name a shard, or one of another stream.</summary>
    internal ShardId? ShardId => Key.TryParse(out var stream, out var shardId) && stream is null ? shardId : null;
}
