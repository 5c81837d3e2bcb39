using System.Diagnostics.CodeAnalysis;

namespace Kcl.Kinesis;

/// <summary>A filter for <c>ListShards</c>.</summary>
public sealed record ShardFilter
{
    /// <summary>Creates a filter whose properties are set by an object initializer.</summary>
    public ShardFilter()
    {
    }

    /// <summary>Creates a filter.</summary>
    /// <param name="type">Which shards are listed.</param>
    /// <param name="timestamp">The instant, for a type that names one.</param>
    [SetsRequiredMembers]
    public ShardFilter(ShardFilterType type, DateTimeOffset? timestamp = null)
    {
        Type = type;
        Timestamp = timestamp;
    }

    /// <summary>Gets which shards are listed.</summary>
    public required ShardFilterType Type { get; init; }

    /// <summary>Gets the instant; required by the two types that name one, and only by them.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Gets the shard; required by <see cref="ShardFilterType.AfterShardId"/>, and only by it.</summary>
    public ShardId? ShardId { get; init; }
}
