using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>What the shard list says about one shard.</summary>
/// <param name="Exists">Whether the shard is listed.</param>
/// <param name="IsOpen">Whether records are still put into it.</param>
/// <param name="Children">The shards that name it as a parent.</param>
internal sealed record ShardListing(bool Exists, bool IsOpen, IReadOnlyList<ChildShard> Children)
{
    /// <summary>Gets the shard's first sequence number; null if the shard is not listed.</summary>
    public SequenceNumber? StartingSequenceNumber { get; init; }
}
