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
    /// <param name="type">The type, which specifies the shards to list.</param>
    /// <param name="timestamp">The time, for a type that requires one; otherwise null.</param>
    [SetsRequiredMembers]
    public ShardFilter(ShardFilterType type, DateTimeOffset? timestamp = null)
    {
        Type = type;
        Timestamp = timestamp;
    }

    /// <summary>Gets the type, which specifies the shards to list.</summary>
    public required ShardFilterType Type { get; init; }

    /// <summary>
    /// Gets the time. <see cref="ShardFilterType.AtTimestamp"/> and <see cref="ShardFilterType.FromTimestamp"/> require it; it must be null
    /// for other types.
    /// </summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Gets the shard. <see cref="ShardFilterType.AfterShardId"/> requires it; it must be null for other types.</summary>
    public ShardId? ShardId { get; init; }
}
