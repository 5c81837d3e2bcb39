namespace Kcl.Kinesis;

/// <summary>One page of shards.</summary>
public sealed record ListShardsPage
{
    /// <summary>Gets the shards.</summary>
    public required IReadOnlyList<Shard> Shards { get; init; }

    /// <summary>Gets the token that requests the next page; null on the last page.</summary>
    public string? NextToken { get; init; }
}
