using System.Collections.ObjectModel;
using Kcl.Kinesis;

namespace Kcl.Leasing;

/// <summary>One row of the lease table: who reads a shard, and how far. The attributes are those of the Java KCL (leases/Lease).</summary>
public sealed record Lease
{
    /// <summary>The row's key.</summary>
    public required LeaseKey Key { get; init; }

    /// <summary>The shard.</summary>
    public required ShardId ShardId { get; init; }

    /// <summary>Who owns the lease; null when nobody does. While a 3.x hand-over is pending, the next owner.</summary>
    public WorkerId? Owner { get; init; }

    /// <summary>
    /// Advanced by every write of an owner; the fence of every conditional write, and what peers watch to see that the owner lives.
    /// </summary>
    public long Counter { get; init; }

    /// <summary>How far the shard was processed.</summary>
    public required ExtendedSequenceNumber Checkpoint { get; init; }

    /// <summary>A checkpoint that was prepared but not completed.</summary>
    public ExtendedSequenceNumber? PendingCheckpoint { get; init; }

    /// <summary>What the application stored with <see cref="PendingCheckpoint"/>; null where nothing.</summary>
    public ReadOnlyMemory<byte>? PendingCheckpointState { get; init; }

    /// <summary>How often the owner changed since the last checkpoint: diagnostic.</summary>
    public long OwnerSwitchesSinceCheckpoint { get; init; }

    /// <summary>The shards that must be finished before this one starts.</summary>
    public IReadOnlyList<ShardId> ParentShardIds { get; init; } = [];

    /// <summary>The shards that continue this one; known once it has ended.</summary>
    public IReadOnlyList<ShardId> ChildShardIds { get; init; } = [];

    /// <summary>The hash keys the shard takes, where known.</summary>
    public HashKeyRange? HashKeyRange { get; init; }

    /// <summary>Who still processes the shard while a 3.x hand-over to <see cref="Owner"/> is pending.</summary>
    public WorkerId? CheckpointOwner { get; init; }

    /// <summary>
    /// What this library keeps with the lease beyond what the Java KCL knows. Names begin with <see cref="PrivateAttributePrefix"/>;
    /// workers of the Java KCL preserve and ignore them.
    /// </summary>
    public IReadOnlyDictionary<string, string> PrivateAttributes { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>How the name of every private attribute begins.</summary>
    public const string PrivateAttributePrefix = "kcl";

    /// <summary>Whether a name is one that a private attribute can have: the prefix, then letters and digits.</summary>
    /// <param name="name">The name.</param>
    public static bool IsPrivateAttributeName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length > PrivateAttributePrefix.Length
            && name.StartsWith(PrivateAttributePrefix, StringComparison.Ordinal)
            && name.All(char.IsAsciiLetterOrDigit);
    }
}
