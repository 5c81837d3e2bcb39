namespace Kcl.Kinesis;

/// <summary>One page of shards.</summary>
/// <param name="Shards">The shards.</param>
/// <param name="NextToken">Asks for the next page; null on the last.</param>
public sealed record ListShardsPage(IReadOnlyList<Shard> Shards, string? NextToken);
