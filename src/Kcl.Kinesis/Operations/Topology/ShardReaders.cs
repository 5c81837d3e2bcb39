using System.Globalization;
using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Operations.Topology;

/// <summary>Reads shards and their ranges.</summary>
internal static class ShardReaders
{
    /// <summary>Reads a shard.</summary>
    public static Shard ReadShard(ref WireReader reader)
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
                shardId = ResponseMembers.ParseShardId(reader.ReadText());
            }
            else if (name.SequenceEqual("ParentShardId"u8))
            {
                parent = reader.ReadOptionalShardId();
            }
            else if (name.SequenceEqual("AdjacentParentShardId"u8))
            {
                adjacent = reader.ReadOptionalShardId();
            }
            else if (name.SequenceEqual("HashKeyRange"u8))
            {
                range = ReadHashKeyRange(ref reader);
            }
            else if (name.SequenceEqual("SequenceNumberRange"u8))
            {
                numbers = ReadSequenceNumberRange(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        var (start, end) = numbers ?? throw ResponseMembers.Missing("SequenceNumberRange");
        return new()
        {
            ShardId = shardId ?? throw ResponseMembers.Missing("ShardId"),
            ParentShardId = parent,
            AdjacentParentShardId = adjacent,
            HashKeyRange = range ?? throw ResponseMembers.Missing("HashKeyRange"),
            StartingSequenceNumber = start,
            EndingSequenceNumber = end,
        };
    }

    /// <summary>Reads the child shards in the last response of a shard: an array or null.</summary>
    public static IReadOnlyList<ChildShard> ReadChildShards(ref WireReader reader)
    {
        if (reader.TryReadNull())
        {
            return [];
        }

        var children = new List<ChildShard>();
        var array = reader.ReadArray();
        while (reader.NextItem(ref array))
        {
            children.Add(ReadChildShard(ref reader));
        }

        return children;
    }

    private static ChildShard ReadChildShard(ref WireReader reader)
    {
        ShardId? shardId = null;
        var parents = new List<ShardId>();
        HashKeyRange? range = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("ShardId"u8))
            {
                shardId = ResponseMembers.ParseShardId(reader.ReadText());
            }
            else if (name.SequenceEqual("ParentShards"u8))
            {
                var array = reader.ReadArray();
                while (reader.NextItem(ref array))
                {
                    parents.Add(ResponseMembers.ParseShardId(reader.ReadText()));
                }
            }
            else if (name.SequenceEqual("HashKeyRange"u8))
            {
                range = ReadHashKeyRange(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new(shardId ?? throw ResponseMembers.Missing("ShardId"), parents, range ?? throw ResponseMembers.Missing("HashKeyRange"));
    }

    private static HashKeyRange ReadHashKeyRange(ref WireReader reader)
    {
        UInt128? start = null;
        UInt128? end = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("StartingHashKey"u8))
            {
                start = ParseHashKey(reader.ReadText());
            }
            else if (name.SequenceEqual("EndingHashKey"u8))
            {
                end = ParseHashKey(reader.ReadText());
            }
            else
            {
                reader.Skip();
            }
        }

        return new(start ?? throw ResponseMembers.Missing("StartingHashKey"), end ?? throw ResponseMembers.Missing("EndingHashKey"));
    }

    private static (SequenceNumber Start, SequenceNumber? End) ReadSequenceNumberRange(ref WireReader reader)
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
                end = reader.ReadOptionalSequenceNumber();
            }
            else
            {
                reader.Skip();
            }
        }

        return (start ?? throw ResponseMembers.Missing("StartingSequenceNumber"), end);
    }

    private static UInt128 ParseHashKey(string text) =>
        UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"'{text}' is not a hash key");
}
