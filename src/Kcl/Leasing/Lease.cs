using System.Collections.ObjectModel;
using Kcl.Kinesis;

namespace Kcl.Leasing;

/// <summary>
/// A row of the lease table: which worker reads a shard, and how far the shard was processed. The attributes are those of the Java KCL
/// (<c>leases/Lease</c>).
/// </summary>
public sealed record Lease
{
    /// <summary>Gets the key of the row.</summary>
    public required LeaseKey Key { get; init; }

    /// <summary>Gets the shard.</summary>
    public required ShardId ShardId { get; init; }

    /// <summary>
    /// Gets the owner of the lease; null if the lease has no owner. While a hand-off of KCL 3.x is pending, this is the next owner.
    /// </summary>
    public WorkerId? Owner { get; init; }

    /// <summary>
    /// Gets the counter, which every write of an owner increments; -1 if the row has none, for example because it was created by hand.
    /// Conditional writes require an expected value, and other workers use the counter to determine whether the owner is active.
    /// </summary>
    public long Counter { get; init; }

    /// <summary>Gets the checkpoint: the position up to which the shard was processed, or a named position.</summary>
    public required ExtendedSequenceNumber Checkpoint { get; init; }

    /// <summary>Gets the checkpoint that was prepared but not completed; otherwise null.</summary>
    public ExtendedSequenceNumber? PendingCheckpoint { get; init; }

    /// <summary>Gets the data that the application stored with <see cref="PendingCheckpoint"/>; otherwise null.</summary>
    public ReadOnlyMemory<byte>? PendingCheckpointState { get; init; }

    /// <summary>Gets the number of changes of owner since the last checkpoint, for diagnosis.</summary>
    public long OwnerSwitchesSinceCheckpoint { get; init; }

    /// <summary>Gets the shards that must be finished before this one starts.</summary>
    public IReadOnlyList<ShardId> ParentShardIds { get; init; } = [];

    /// <summary>Gets the child shards of this one. They are known when the shard has ended.</summary>
    public IReadOnlyList<ShardId> ChildShardIds { get; init; } = [];

    /// <summary>Gets the range of the shard's hash keys; null if it is unknown.</summary>
    public HashKeyRange? HashKeyRange { get; init; }

    /// <summary>
    /// Gets the worker that still processes the shard while a hand-off of KCL 3.x to <see cref="Owner"/> is pending; null if none is
    /// pending.
    /// </summary>
    public WorkerId? CheckpointOwner { get; init; }

    /// <summary>
    /// Gets the attributes of the row that the Java KCL does not have. Their names begin with <see cref="PrivateAttributePrefix"/>. Workers
    /// of the Java KCL ignore and preserve them.
    /// </summary>
    public IReadOnlyDictionary<string, string> PrivateAttributes { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The prefix of the names of private attributes.</summary>
    public const string PrivateAttributePrefix = "kcl";

    /// <summary>Returns whether a text is a valid name of a private attribute: the prefix, followed by ASCII letters and digits.</summary>
    /// <param name="name">The name.</param>
    public static bool IsPrivateAttributeName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length > PrivateAttributePrefix.Length
            && name.StartsWith(PrivateAttributePrefix, StringComparison.Ordinal)
            && name.All(char.IsAsciiLetterOrDigit);
    }
}
