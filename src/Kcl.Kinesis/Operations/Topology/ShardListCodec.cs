using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Operations.Topology;

/// <summary>The request and response of ListShards.</summary>
internal static class ShardListCodec
{
    /// <summary>Writes the request.</summary>
    public static ReadOnlyMemory<byte> Write(WireFormat format, ListShardsRequest request)
    {
        // The service does not accept a token together with a stream or a filter.
        var first = request.NextToken is null;
        var writer = RequestMembers.Start(format);
        if (first)
        {
            writer.WriteStreamName(request.Stream);
        }

        writer.WriteOptionalText("NextToken"u8, request.NextToken);
        writer.WriteOptionalInteger("MaxResults"u8, request.MaxResults);
        if (first && request.Filter is { } filter)
        {
            writer.WriteName("ShardFilter"u8);
            writer.StartMap();
            writer.WriteText("Type"u8, WireNames.Of(filter.Type));
            writer.WriteOptionalText("ShardId"u8, filter.ShardId?.Value);
            writer.WriteOptionalInstant("Timestamp"u8, filter.Timestamp);
            writer.EndMap();
        }

        if (first)
        {
            writer.WriteStreamArn(request.Stream);
        }

        return writer.End();
    }

    /// <summary>Reads the response.</summary>
    public static ListShardsPage Read(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        var shards = new List<Shard>();
        string? token = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("Shards"u8))
            {
                var array = reader.ReadArray();
                while (reader.NextItem(ref array))
                {
                    shards.Add(ShardReaders.ReadShard(ref reader));
                }
            }
            else if (name.SequenceEqual("NextToken"u8))
            {
                token = reader.ReadOptionalText();
            }
            else
            {
                reader.Skip();
            }
        }

        return new() { Shards = shards, NextToken = string.IsNullOrEmpty(token) ? null : token };
    }
}
