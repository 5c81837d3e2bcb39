using Kcl.Kinesis;

namespace Kcl;

/// <summary>Identifies a shard: the stream to which it belongs, and its id within that stream. Ordered by stream, then by id.</summary>
/// <remarks>Different streams have shards with the same ids, so an id alone does not identify a shard.</remarks>
public readonly record struct ShardRef : IComparable<ShardRef>
{
    /// <summary>Creates a reference to a shard.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardId">The shard's id.</param>
    public ShardRef(StreamIdentifier stream, ShardId shardId)
    {
        Stream = stream;
        ShardId = shardId;
    }

    /// <summary>Gets the stream.</summary>
    public StreamIdentifier Stream { get; }

    /// <summary>Gets the shard's id within the stream.</summary>
    public ShardId ShardId { get; }

    /// <summary>Compares the streams' names and ARNs, then the shard ids, all ordinally.</summary>
    /// <param name="other">The reference to compare with.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(ShardRef other)
    {
        var byStream = string.CompareOrdinal(Stream.ToString(), other.Stream.ToString());
        return byStream != 0 ? byStream : ShardId.CompareTo(other.ShardId);
    }

    /// <summary>Returns whether the left reference sorts first.</summary>
    public static bool operator <(ShardRef left, ShardRef right) => left.CompareTo(right) < 0;

    /// <summary>Returns whether the right reference sorts first.</summary>
    public static bool operator >(ShardRef left, ShardRef right) => left.CompareTo(right) > 0;

    /// <summary>Returns whether the left reference does not sort after the right.</summary>
    public static bool operator <=(ShardRef left, ShardRef right) => left.CompareTo(right) <= 0;

    /// <summary>Returns whether the left reference does not sort before the right.</summary>
    public static bool operator >=(ShardRef left, ShardRef right) => left.CompareTo(right) >= 0;

    /// <summary>Returns the stream's name and the shard's id, for example <c>orders/shardId-000000000000</c>.</summary>
    public override string ToString() => $"{Stream.Name}/{ShardId}";
}
