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
/// have neither exponent nor decimals, and an unknown value is absent, not empty.
/// </summary>
internal static class LeaseItem
{
    /// <summary>
    /// Stands for the counter of a row without one, such as a row that was created by hand to start a shard at a position. The first write
    /// that increments the counter makes it 0.
    /// </summary>
    public const long NoCounter = -1;

    /// <summary>
    /// Reads a row. Attributes that are absent, unknown or of an unexpected type are ignored unless a lease requires them.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="problem">
    /// Why a row that should be a lease cannot be read as one; null if the row is read, or is a row of another kind.
    /// </param>
    /// <returns>True if the row was read as a lease.</returns>
    public static bool TryRead(Item row, [NotNullWhen(true)] out Lease? lease, out string? problem)
    {
        lease = null;
        problem = null;
        var entityType = Text(row, Attributes.EntityType);
        if (entityType is not (null or Attributes.EntityTypeLease) || Text(row, Attributes.Key) is not { Length: > 0 } key)
        {
            return false;
        }

        // KCL 3.0–3.4 writes rows of other kinds without an entity type. They have neither of the two attributes that every lease has.
        if (entityType is null && !row.ContainsKey(Attributes.Counter) && !row.ContainsKey(Attributes.Checkpoint))
        {
            return false;
        }

        var counter = NoCounter;
        if (row.ContainsKey(Attributes.Counter) && !TryInteger(row, Attributes.Counter, out counter))
        {
            problem = $"{Attributes.Counter} is not an integer";
            return false;
        }

        _ = TryInteger(row, Attributes.CheckpointSub, out var sub);
        if (!ExtendedSequenceNumber.TryParse(Text(row, Attributes.Checkpoint), sub, out var checkpoint))
        {
            problem = $"{Attributes.Checkpoint} '{Text(row, Attributes.Checkpoint)}' (sub-sequence number {sub}) is not a checkpoint";
            return false;
        }

        if (!ShardId.TryParse(Text(row, Attributes.ShardId), out var shardId) && !LeaseKey.TryParse(key, out _, out shardId))
        {
            problem = "neither its key nor its attribute 'shardId' names a shard";
            return false;
        }

        _ = TryInteger(row, Attributes.PendingCheckpointSub, out var pendingSub);
        _ = TryInteger(row, Attributes.OwnerSwitches, out var switches);
        var hasPending = ExtendedSequenceNumber.TryParse(Text(row, Attributes.PendingCheckpoint), pendingSub, out var pending);
        lease = new Lease
        {
            Key = new(key),
            ShardId = shardId,
            Owner = Worker(row, Attributes.Owner),
            Counter = counter,
            Checkpoint = checkpoint,
            PendingCheckpoint = hasPending ? pending : null,
            PendingCheckpointState = hasPending ? Binary(row, Attributes.PendingCheckpointState) : null,
            OwnerSwitchesSinceCheckpoint = switches,
            ParentShardIds = ShardIds(row, Attributes.Parents),
            ChildShardIds = ShardIds(row, Attributes.Children),
            HashKeyRange = HashKeys(row),
            CheckpointOwner = Worker(row, Attributes.CheckpointOwner),
            PrivateAttributes = PrivateAttributes(row),
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
            [Attributes.Key] = Text(lease.Key.Value),
            [Attributes.Counter] = Integer(lease.Counter),
            [Attributes.Checkpoint] = Text(lease.Checkpoint.ToCheckpointText()),
            [Attributes.CheckpointSub] = Integer(lease.Checkpoint.SubSequenceNumber),
            [Attributes.OwnerSwitches] = Integer(lease.OwnerSwitchesSinceCheckpoint),
        };

        if (lease.Owner is { } owner)
        {
            row[Attributes.Owner] = Text(owner.Value);
        }

        if (lease.CheckpointOwner is { } checkpointOwner)
        {
            row[Attributes.CheckpointOwner] = Text(checkpointOwner.Value);
        }

        if (lease.PendingCheckpoint is { } pending)
        {
            row[Attributes.PendingCheckpoint] = Text(pending.ToCheckpointText());
            row[Attributes.PendingCheckpointSub] = Integer(pending.SubSequenceNumber);
            if (lease.PendingCheckpointState is { IsEmpty: false } state)
            {
                row[Attributes.PendingCheckpointState] = Binary(state);
            }
        }

        if (lease.ParentShardIds.Count > 0)
        {
            row[Attributes.Parents] = Set(lease.ParentShardIds);
        }

        if (lease.ChildShardIds.Count > 0)
        {
            row[Attributes.Children] = Set(lease.ChildShardIds);
        }

        if (lease.HashKeyRange is { } range && IsStorable(range))
        {
            row[Attributes.StartingHashKey] = HashKey(range.Start);
            row[Attributes.EndingHashKey] = HashKey(range.End);
        }

        foreach (var (name, value) in lease.PrivateAttributes)
        {
            row[name] = Text(value);
        }

        // A fleet that reads several streams also stores the two parts of the key in separate attributes.
        if (lease.Key.TryParse(out var stream, out _) && stream is { } instance)
        {
            row[Attributes.ShardId] = Text(lease.ShardId.Value);
            row[Attributes.StreamName] = Text(instance.ToString());
        }
        else if (lease.Key.Value != lease.ShardId.Value)
        {
            row[Attributes.ShardId] = Text(lease.ShardId.Value);
        }

        return row;
    }

    public static AttributeValue Text(string value) => new() { S = value };

    public static AttributeValue Integer(long value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };

    public static AttributeValue Binary(ReadOnlyMemory<byte> value) => new() { B = new MemoryStream(value.ToArray(), writable: false) };

    public static AttributeValue Set(IReadOnlyList<ShardId> shards) =>
        new() { SS = [.. shards.Select(static s => s.Value).Distinct(StringComparer.Ordinal)] };

    public static AttributeValue HashKey(UInt128 value) => new() { S = value.ToString(CultureInfo.InvariantCulture) };

    /// <summary>
    /// Returns whether a range can be stored. The Java KCL cannot read a row whose range has a single hash key, and KCL 2.x then fails to
    /// read
    /// the whole table. Such a range is left out.
    /// </summary>
    public static bool IsStorable(HashKeyRange range) => range.Start < range.End;

    private static string? Text(Item row, string name) => row.TryGetValue(name, out var value) ? value.S : null;

    private static WorkerId? Worker(Item row, string name) => Text(row, name) is { Length: > 0 } id ? new WorkerId(id) : null;

    private static bool TryInteger(Item row, string name, out long number)
    {
        number = 0;
        return row.TryGetValue(name, out var value) && long.TryParse(
            value.N,
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out number);
    }

    private static ReadOnlyMemory<byte>? Binary(Item row, string name) =>
        row.TryGetValue(name, out var value) && value.B is { } stream ? stream.ToArray() : default(ReadOnlyMemory<byte>?);

    private static ShardId[] ShardIds(Item row, string name)
    {
        if (!row.TryGetValue(name, out var value))
        {
            return [];
        }

        // The Java KCL always writes a set. A list or a single string from another program still names parents that must be finished first.
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

    private static HashKeyRange? HashKeys(Item row) =>
        UInt128.TryParse(Text(row, Attributes.StartingHashKey), NumberStyles.None, CultureInfo.InvariantCulture, out var start)
        && UInt128.TryParse(Text(row, Attributes.EndingHashKey), NumberStyles.None, CultureInfo.InvariantCulture, out var end)
        && start <= end
            ? new HashKeyRange(start, end)
            : null;

    private static IReadOnlyDictionary<string, string> PrivateAttributes(Item row)
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
