namespace Kcl.Leasing;

/// <summary>A row that should be a lease but cannot be read.</summary>
public sealed record UnreadableLease
{
    /// <summary>Gets the row's key; for an application with one stream, the shard's id.</summary>
    public required LeaseKey Key { get; init; }

    /// <summary>Gets what is wrong with the row: one clause, for example <c>checkpoint 'x' is not a checkpoint</c>.</summary>
    public required string Problem { get; init; }

    /// <summary>Gets the row's shard; null if the key names no shard, or a shard of another stream.</summary>
    internal ShardId? ShardId => Key.TryParse(out var stream, out var shardId) && stream is null ? shardId : null;
}
