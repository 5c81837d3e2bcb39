using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;

namespace Kcl.LocalKinesis.Responses;

/// <summary>Writes shards as responses contain them.</summary>
internal static class ShardResponse
{
    /// <summary>Writes a shard of a listing.</summary>
    public static void WriteShard(this ResponseWriter response, ShardModel shard)
    {
        response.StartObject();
        response.Text("ShardId"u8, shard.Id);
        if (shard.Parent is { } parent)
        {
            response.Text("ParentShardId"u8, ShardModel.IdOf(parent));
        }

        if (shard.AdjacentParent is { } adjacent)
        {
            response.Text("AdjacentParentShardId"u8, ShardModel.IdOf(adjacent));
        }

        WriteRange(response, shard);
        response.StartObject("SequenceNumberRange"u8);
        response.Text("StartingSequenceNumber"u8, shard.StartingSequenceNumber);
        if (shard.EndingSequenceNumber is { } ending)
        {
            response.Text("EndingSequenceNumber"u8, ending);
        }

        response.EndObject();
        response.EndObject();
    }

    /// <summary>Writes the children of a shard, which the read that reaches the shard's end contains.</summary>
    public static void WriteChildren(this ResponseWriter response, StreamModel stream, int shardIndex)
    {
        response.StartArray("ChildShards"u8);
        foreach (var child in stream.ChildrenOf(shardIndex))
        {
            response.StartObject();
            response.Text("ShardId"u8, child.Id);
            response.StartArray("ParentShards"u8);
            response.Text(default, ShardModel.IdOf(child.Parent!.Value));
            if (child.AdjacentParent is { } adjacent)
            {
                response.Text(default, ShardModel.IdOf(adjacent));
            }

            response.EndArray();
            WriteRange(response, child);
            response.EndObject();
        }

        response.EndArray();
    }

    private static void WriteRange(ResponseWriter response, ShardModel shard)
    {
        response.StartObject("HashKeyRange"u8);
        response.HashKey("StartingHashKey"u8, shard.Range.Start);
        response.HashKey("EndingHashKey"u8, shard.Range.End);
        response.EndObject();
    }
}
