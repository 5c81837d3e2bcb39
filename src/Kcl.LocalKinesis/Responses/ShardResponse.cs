using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;

namespace Kcl.LocalKinesis.Responses;

/// <summary>Writes the shards of responses.</summary>
internal static class ShardResponse
{
    /// <summary>Writes a shard of a listing.</summary>
    public static void WriteShard(this ResponseWriter response, ShardModel shard)
    {
        response.StartObject();
        response.WriteText("ShardId"u8, shard.Id);
        if (shard.Parent is { } parent)
        {
            response.WriteText("ParentShardId"u8, ShardModel.IdOf(parent));
        }

        if (shard.AdjacentParent is { } adjacent)
        {
            response.WriteText("AdjacentParentShardId"u8, ShardModel.IdOf(adjacent));
        }

        WriteRange(response, shard);
        response.StartObject("SequenceNumberRange"u8);
        response.WriteText("StartingSequenceNumber"u8, shard.StartingSequenceNumber);
        if (shard.EndingSequenceNumber is { } ending)
        {
            response.WriteText("EndingSequenceNumber"u8, ending);
        }

        response.EndObject();
        response.EndObject();
    }

    /// <summary>Writes the children of a shard, which are part of the response that reaches the end of the shard.</summary>
    public static void WriteChildren(this ResponseWriter response, StreamModel stream, int shardIndex)
    {
        response.StartArray("ChildShards"u8);
        foreach (var child in stream.ChildrenOf(shardIndex))
        {
            response.StartObject();
            response.WriteText("ShardId"u8, child.Id);
            response.StartArray("ParentShards"u8);
            response.WriteText(default, ShardModel.IdOf(child.Parent!.Value));
            if (child.AdjacentParent is { } adjacent)
            {
                response.WriteText(default, ShardModel.IdOf(adjacent));
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
        response.WriteHashKey("StartingHashKey"u8, shard.Range.Start);
        response.WriteHashKey("EndingHashKey"u8, shard.Range.End);
        response.EndObject();
    }
}
