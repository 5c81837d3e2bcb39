using System.Diagnostics.CodeAnalysis;

namespace Kcl.Kinesis;

/// <summary>
/// One call of <c>ListShards</c>. The client sends the stream and the filter only for the first page, because the service does not accept
/// them together with a token.
/// </summary>
public sealed record ListShardsRequest
{
    /// <summary>Creates a request whose properties are set by an object initializer.</summary>
    public ListShardsRequest()
    {
    }

    /// <summary>Creates a request for the first page of a stream.</summary>
    /// <param name="stream">The stream.</param>
    [SetsRequiredMembers]
    public ListShardsRequest(StreamIdentifier stream) => Stream = stream;

    /// <summary>Gets the stream.</summary>
    public required StreamIdentifier Stream { get; init; }

    /// <summary>Gets the filter; null for all shards within the retention period.</summary>
    public ShardFilter? Filter { get; init; }

    /// <summary>Gets the token of the previous page; null for the first page.</summary>
    public string? NextToken { get; init; }

    /// <summary>Gets the maximum number of shards of a page, 1 to 10000; null for the service's default of 1000.</summary>
    public int? MaxResults { get; init; }
}
