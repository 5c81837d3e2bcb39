using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Operations.Topology;

/// <summary>The requests of SplitShard, MergeShards and UpdateShardCount.</summary>
internal static class ReshardingCodec
{
    /// <summary>Writes SplitShard.</summary>
    public static ReadOnlyMemory<byte> WriteSplit(
        WireFormat format, StreamIdentifier stream, ShardId shardToSplit, UInt128 newStartingHashKey)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteStreamName(stream);
        writer.WriteText("ShardToSplit"u8, shardToSplit.Value);
        writer.WriteName("NewStartingHashKey"u8);
        writer.WriteText(newStartingHashKey);
        writer.WriteStreamArn(stream);
        return writer.End();
    }

    /// <summary>Writes MergeShards.</summary>
    public static ReadOnlyMemory<byte> WriteMerge(
        WireFormat format, StreamIdentifier stream, ShardId shardToMerge, ShardId adjacentShardToMerge)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteStreamName(stream);
        writer.WriteText("ShardToMerge"u8, shardToMerge.Value);
        writer.WriteText("AdjacentShardToMerge"u8, adjacentShardToMerge.Value);
        writer.WriteStreamArn(stream);
        return writer.End();
    }

    /// <summary>Writes UpdateShardCount.</summary>
    public static ReadOnlyMemory<byte> WriteUpdateCount(WireFormat format, StreamIdentifier stream, int targetShardCount)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteStreamName(stream);
        writer.WriteInteger("TargetShardCount"u8, targetShardCount);
        writer.WriteText("ScalingType"u8, "UNIFORM_SCALING");
        writer.WriteStreamArn(stream);
        return writer.End();
    }
}
