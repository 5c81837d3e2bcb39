using System.Diagnostics.CodeAnalysis;

namespace Kcl.Kinesis;

/// <summary>A child of a shard that has ended, as described in the last response of the ended shard.</summary>
public sealed record ChildShard
{
    /// <summary>Creates a child whose properties are set by an object initializer.</summary>
    public ChildShard()
    {
    }

    /// <summary>Creates a child.</summary>
    /// <param name="shardId">The identifier.</param>
    /// <param name="parentShards">The parents.</param>
    /// <param name="hashKeyRange">The hash keys of its records.</param>
    [SetsRequiredMembers]
    public ChildShard(ShardId shardId, IReadOnlyList<ShardId> parentShards, HashKeyRange hashKeyRange)
    {
        ShardId = shardId;
        ParentShards = parentShards;
        HashKeyRange = hashKeyRange;
    }

    /// <summary>Gets the identifier.</summary>
    public required ShardId ShardId { get; init; }

    /// <summary>Gets the parents: one after a split, two after a merge.</summary>
    public required IReadOnlyList<ShardId> ParentShards { get; init; }

    /// <summary>Gets the hash keys of the child's records.</summary>
    public required HashKeyRange HashKeyRange { get; init; }
}
