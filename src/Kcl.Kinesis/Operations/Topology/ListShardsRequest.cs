namespace Kcl.Kinesis;

/// <summary>
/// One call of <c>ListShards</c>. The client sends stream and filter with the first page only, because the service refuses them together
/// with a token.
/// </summary>
/// <param name="Stream">The stream.</param>
/// <param name="Filter">Which shards; null for all within the retention period.</param>
/// <param name="NextToken">The previous page's token; null for the first page.</param>
/// <param name="MaxResults">The most shards of a page, 1 to 10000; null for the service's default of 1000.</param>
public sealed record ListShardsRequest(
    StreamIdentifier Stream, ShardFilter? Filter = null, string? NextToken = null, int? MaxResults = null);
