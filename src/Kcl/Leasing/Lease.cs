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
    /// <remarks>Empty data becomes null: rows of the Java KCL have no empty attributes.</remarks>
    public ReadOnlyMemory<byte>? PendingCheckpointState { get; init => field = value is { IsEmpty: true } ? null : value; }

    /// <summary>Gets the number of changes of owner since the last checkpoint, for diagnosis.</summary>
    public long OwnerSwitchesSinceCheckpoint { get; init; }

    /// <summary>Gets the shards that must be finished before this one starts.</summary>
    /// <remarks>They are a set, as in rows of the Java KCL: they are sorted, and repetitions are removed.</remarks>
    public IReadOnlyList<ShardId> ParentShardIds { get; init => field = ToSet(value); } = [];

    /// <summary>Gets the child shards of this one. They are known when the shard has ended.</summary>
    /// <remarks>They are a set, as in rows of the Java KCL: they are sorted, and repetitions are removed.</remarks>
    public IReadOnlyList<ShardId> ChildShardIds { get; init => field = ToSet(value); } = [];

    /// <summary>Gets the range of the shard's hash keys; null if it is unknown.</summary>
    /// <remarks>A range for which <see cref="IsStorableRange"/> returns false becomes null.</remarks>
    public HashKeyRange? HashKeyRange { get; init => field = value is { } range && IsStorableRange(range) ? value : null; }

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

    /// <summary>
    /// The maximum length of the names of private attributes. It is DynamoDB's limit for names of attributes in expressions.
    /// </summary>
    public const int MaxPrivateAttributeNameLength = 255;

    /// <summary>
    /// Returns whether a text is a valid name of a private attribute: the prefix, followed by ASCII letters and digits, and at most
    /// <see cref="MaxPrivateAttributeNameLength"/> characters long.
    /// </summary>
    /// <param name="name">The name.</param>
    public static bool IsPrivateAttributeName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length > PrivateAttributePrefix.Length
            && name.Length <= MaxPrivateAttributeNameLength
            && name.StartsWith(PrivateAttributePrefix, StringComparison.Ordinal)
            && name.All(char.IsAsciiLetterOrDigit);
    }

    /// <summary>
    /// Returns whether a lease can have a range of hash keys: the range must have at least two keys. The Java KCL cannot read a row whose
    /// range has a single hash key, and KCL 2.x then cannot read any row of the table.
    /// </summary>
    /// <param name="range">The range.</param>
    public static bool IsStorableRange(HashKeyRange range) => range.Start < range.End;

    private static IReadOnlyList<ShardId> ToSet(IReadOnlyList<ShardId> shards)
    {
        for (var i = 1; i < shards?.Count; i++)
        {
            if (shards[i - 1] >= shards[i])
            {
                return [.. shards.Distinct().Order()];
            }
        }

        return shards!;
    }
}
