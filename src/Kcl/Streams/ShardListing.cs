using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>What a shard list shows about one shard.</summary>
/// <param name="Exists">Whether the shard is listed.</param>
/// <param name="IsOpen">Whether the shard accepts records.</param>
/// <param name="Children">The shards that name it as a parent.</param>
internal sealed record ShardListing(bool Exists, bool IsOpen, IReadOnlyList<ChildShard> Children)
{
    /// <summary>Gets the shard's first sequence number; null if the shard is not listed.</summary>
    public SequenceNumber? StartingSequenceNumber { get; init; }
}
