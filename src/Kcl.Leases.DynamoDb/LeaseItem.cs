using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Amazon.DynamoDBv2.Model;
using Kcl.Kinesis;
using Kcl.Leasing;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace Kcl.Leases.DynamoDb;

/// <summary>
/// Converts leases to rows and rows to leases. Names and types are exactly those of the Java KCL: lists of shards are string sets, integers
/// have neither exponent nor decimals, and a value that is not known is absent, not empty.
/// </summary>
internal static class LeaseItem
{
    /// <summary>
    /// The counter of a lease whose row has no counter, for example because it was created by hand to start a shard at a position. The
    /// first write that increments the counter sets it to 0.
    /// </summary>
    public const long NoCounter = -1;

    /// <summary>
    /// Reads a row. Attributes that are absent, unknown or of an unexpected type are ignored unless a lease requires them.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="problem">
    /// Why a row that should be a lease cannot be read as one; null if the row was read, or is a row of another kind.
    /// </param>
    /// <returns>True if the row was read as a lease; otherwise, false.</returns>
    public static bool TryRead(Item row, [NotNullWhen(true)] out Lease? lease, out string? problem)
    {
        lease = null;
        problem = null;
        var entityType = ReadText(row, Attributes.EntityType);
        if (entityType is not (null or Attributes.EntityTypeLease) || ReadText(row, Attributes.Key) is not { Length: > 0 } key)
        {
            return false;
        }

        // Rows that KCL 3.5 moves here from the coordinator table of 3.0–3.4 can have no entity type. They have neither of these two
        // attributes; a lease has at least one.
        if (entityType is null && !row.ContainsKey(Attributes.Counter) && !row.ContainsKey(Attributes.Checkpoint))
        {
            return false;
        }

        var counter = NoCounter;
        if (row.ContainsKey(Attributes.Counter) && !TryReadInteger(row, Attributes.Counter, out counter))
        {
            problem = $"{Attributes.Counter} is not an integer";
            return false;
        }

        _ = TryReadInteger(row, Attributes.CheckpointSub, out var sub);
        if (!ExtendedSequenceNumber.TryParse(ReadText(row, Attributes.Checkpoint), sub, out var checkpoint))
        {
            problem = $"{Attributes.Checkpoint} '{ReadText(row, Attributes.Checkpoint)}' (sub-sequence number {sub}) is not a checkpoint";
            return false;
        }

        if (!ShardId.TryParse(ReadText(row, Attributes.ShardId), out var shardId) && !LeaseKey.TryParse(key, out _, out shardId))
        {
            problem = "neither its key nor its attribute 'shardId' names a shard";
            return false;
        }

        _ = TryReadInteger(row, Attributes.PendingCheckpointSub, out var pendingSub);
        _ = TryReadInteger(row, Attributes.OwnerSwitches, out var switches);
        var hasPending = ExtendedSequenceNumber.TryParse(ReadText(row, Attributes.PendingCheckpoint), pendingSub, out var pending);
        lease = new Lease
        {
            Key = new(key),
            ShardId = shardId,
            Owner = ReadWorker(row, Attributes.Owner),
            Counter = counter,
            Checkpoint = checkpoint,
            PendingCheckpoint = hasPending ? pending : null,
            PendingCheckpointState = hasPending ? ReadBinary(row, Attributes.PendingCheckpointState) : null,
            OwnerSwitchesSinceCheckpoint = switches,
            ParentShardIds = ReadShardIds(row, Attributes.Parents),
            ChildShardIds = ReadShardIds(row, Attributes.Children),
            HashKeyRange = ReadHashKeyRange(row),
            CheckpointOwner = ReadWorker(row, Attributes.CheckpointOwner),
            PrivateAttributes = ReadPrivateAttributes(row),
        };
        return true;
    }

    /// <summary>
    /// Returns the whole row of a new lease. It has no <c>entityType</c>: only KCL 3.5 writes that attribute, and every version reads a row
    /// without it as a lease.
    /// </summary>
    /// <param name="lease">The lease.</param>
    public static Item ToItem(Lease lease)
    {
        var row = new Item(StringComparer.Ordinal)
        {
            [Attributes.Key] = ToText(lease.Key.Value),
            [Attributes.Counter] = ToInteger(lease.Counter),
            [Attributes.Checkpoint] = ToText(lease.Checkpoint.ToCheckpointText()),
            [Attributes.CheckpointSub] = ToInteger(lease.Checkpoint.SubSequenceNumber),
            [Attributes.OwnerSwitches] = ToInteger(lease.OwnerSwitchesSinceCheckpoint),
        };

        if (lease.Owner is { } owner)
        {
            row[Attributes.Owner] = ToText(owner.Value);
        }

        if (lease.CheckpointOwner is { } checkpointOwner)
        {
            row[Attributes.CheckpointOwner] = ToText(checkpointOwner.Value);
        }

        if (lease.PendingCheckpoint is { } pending)
        {
            row[Attributes.PendingCheckpoint] = ToText(pending.ToCheckpointText());
            row[Attributes.PendingCheckpointSub] = ToInteger(pending.SubSequenceNumber);
            if (lease.PendingCheckpointState is { } state)
            {
                row[Attributes.PendingCheckpointState] = ToBinary(state);
            }
        }

        if (lease.ParentShardIds.Count > 0)
        {
            row[Attributes.Parents] = ToSet(lease.ParentShardIds);
        }

        if (lease.ChildShardIds.Count > 0)
        {
            row[Attributes.Children] = ToSet(lease.ChildShardIds);
        }

        if (lease.HashKeyRange is { } range)
        {
            row[Attributes.StartingHashKey] = ToHashKey(range.Start);
            row[Attributes.EndingHashKey] = ToHashKey(range.End);
        }

        foreach (var (name, value) in lease.PrivateAttributes)
        {
            row[name] = ToText(value);
        }

        // A fleet that reads several streams also stores the two parts of the key in separate attributes.
        if (lease.Key.TryParse(out var stream, out _) && stream is { } instance)
        {
            row[Attributes.ShardId] = ToText(lease.ShardId.Value);
            row[Attributes.StreamName] = ToText(instance.ToString());
        }
        else if (lease.Key.Value != lease.ShardId.Value)
        {
            row[Attributes.ShardId] = ToText(lease.ShardId.Value);
        }

        return row;
    }

    public static AttributeValue ToText(string value) => new() { S = value };

    public static AttributeValue ToInteger(long value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };

    public static AttributeValue ToBinary(ReadOnlyMemory<byte> value) => new() { B = new MemoryStream(value.ToArray(), writable: false) };

    public static AttributeValue ToSet(IReadOnlyList<ShardId> shards) =>
        new() { SS = [.. shards.Select(static s => s.Value).Distinct(StringComparer.Ordinal)] };

    public static AttributeValue ToHashKey(UInt128 value) => new() { S = value.ToString(CultureInfo.InvariantCulture) };

    private static string? ReadText(Item row, string name) => row.TryGetValue(name, out var value) ? value.S : null;

    private static WorkerId? ReadWorker(Item row, string name) => ReadText(row, name) is { Length: > 0 } id ? new WorkerId(id) : null;

    private static bool TryReadInteger(Item row, string name, out long number)
    {
        number = 0;
        return row.TryGetValue(name, out var value)
            && long.TryParse(value.N, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    private static ReadOnlyMemory<byte>? ReadBinary(Item row, string name) =>
        row.TryGetValue(name, out var value) && value.B is { } stream ? stream.ToArray() : default(ReadOnlyMemory<byte>?);

    private static ShardId[] ReadShardIds(Item row, string name)
    {
        if (!row.TryGetValue(name, out var value))
        {
            return [];
        }

        // The Java KCL always writes a set. Lists and single strings of other programs are read too, because parents must be finished
        // before their children.
        IEnumerable<string> texts = value switch
        {
            { SS.Count: > 0 } => value.SS,
            { L.Count: > 0 } => value.L.Select(static element => element.S),
            { S.Length: > 0 } => [value.S],
            _ => [],
        };

        var shards = texts.Select(static text => (Ok: ShardId.TryParse(text, out var id), Id: id))
            .Where(static s => s.Ok)
            .Select(static s => s.Id)
            .Distinct()
            .ToArray();
        Array.Sort(shards);
        return shards;
    }

    private static HashKeyRange? ReadHashKeyRange(Item row) =>
        UInt128.TryParse(ReadText(row, Attributes.StartingHashKey), NumberStyles.None, CultureInfo.InvariantCulture, out var start)
        && UInt128.TryParse(ReadText(row, Attributes.EndingHashKey), NumberStyles.None, CultureInfo.InvariantCulture, out var end)
        && start <= end
            ? new HashKeyRange(start, end)
            : null;

    private static IReadOnlyDictionary<string, string> ReadPrivateAttributes(Item row)
    {
        SortedDictionary<string, string>? found = null;
        foreach (var (name, value) in row)
        {
            if (value.S is { } text && Lease.IsPrivateAttributeName(name))
            {
                (found ??= new(StringComparer.Ordinal))[name] = text;
            }
        }

        return found ?? (IReadOnlyDictionary<string, string>)ReadOnlyDictionary<string, string>.Empty;
    }
}
