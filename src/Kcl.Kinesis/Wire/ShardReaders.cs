using System.Globalization;

namespace Kcl.Kinesis.Wire;

/// <summary>Reads shards and what they are made of.</summary>
internal static class ShardReaders
{
    /// <summary>Reads a shard.</summary>
    public static Shard Shard(ref WireReader reader)
    {
        ShardId? shardId = null;
        ShardId? parent = null;
        ShardId? adjacent = null;
        HashKeyRange? range = null;
        (SequenceNumber Start, SequenceNumber? End)? numbers = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("ShardId"u8))
            {
                shardId = Responses.ShardId(reader.ReadText());
            }
            else if (name.SequenceEqual("ParentShardId"u8))
            {
                parent = OptionalShardId(ref reader);
            }
            else if (name.SequenceEqual("AdjacentParentShardId"u8))
            {
                adjacent = OptionalShardId(ref reader);
            }
            else if (name.SequenceEqual("HashKeyRange"u8))
            {
                range = HashKeyRange(ref reader);
            }
            else if (name.SequenceEqual("SequenceNumberRange"u8))
            {
                numbers = SequenceNumberRange(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        var (start, end) = numbers ?? throw Responses.Missing("SequenceNumberRange");
        return new(shardId ?? throw Responses.Missing("ShardId"), parent, adjacent, range ?? throw Responses.Missing("HashKeyRange"), start, end);
    }

    /// <summary>Reads the child shards of a last read; an array or null.</summary>
    public static IReadOnlyList<ChildShard> ChildShards(ref WireReader reader)
    {
        if (reader.TryReadNull())
        {
            return [];
        }

        var children = new List<ChildShard>();
        var array = reader.ReadArray();
        while (reader.NextItem(ref array))
        {
            children.Add(ChildShard(ref reader));
        }

        return children;
    }

    private static ChildShard ChildShard(ref WireReader reader)
    {
        ShardId? shardId = null;
        var parents = new List<ShardId>();
        HashKeyRange? range = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("ShardId"u8))
            {
                shardId = Responses.ShardId(reader.ReadText());
            }
            else if (name.SequenceEqual("ParentShards"u8))
            {
                var array = reader.ReadArray();
                while (reader.NextItem(ref array))
                {
                    parents.Add(Responses.ShardId(reader.ReadText()));
                }
            }
            else if (name.SequenceEqual("HashKeyRange"u8))
            {
                range = HashKeyRange(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new(shardId ?? throw Responses.Missing("ShardId"), parents, range ?? throw Responses.Missing("HashKeyRange"));
    }

    private static HashKeyRange HashKeyRange(ref WireReader reader)
    {
        UInt128? start = null;
        UInt128? end = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("StartingHashKey"u8))
            {
                start = HashKey(reader.ReadText());
            }
            else if (name.SequenceEqual("EndingHashKey"u8))
            {
                end = HashKey(reader.ReadText());
            }
            else
            {
                reader.Skip();
            }
        }

        return new(start ?? throw Responses.Missing("StartingHashKey"), end ?? throw Responses.Missing("EndingHashKey"));
    }

    private static (SequenceNumber Start, SequenceNumber? End) SequenceNumberRange(ref WireReader reader)
    {
        SequenceNumber? start = null;
        SequenceNumber? end = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("StartingSequenceNumber"u8))
            {
                start = SequenceNumber.Parse(reader.ReadText());
            }
            else if (name.SequenceEqual("EndingSequenceNumber"u8))
            {
                end = reader.ReadOptionalText() is { } text ? SequenceNumber.Parse(text) : null;
            }
            else
            {
                reader.Skip();
            }
        }

        return (start ?? throw Responses.Missing("StartingSequenceNumber"), end);
    }

    private static ShardId? OptionalShardId(ref WireReader reader) => reader.ReadOptionalText() is { } text ? Responses.ShardId(text) : null;

    private static UInt128 HashKey(string text) =>
        UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw new FormatException($"'{text}' is not a hash key");
}
