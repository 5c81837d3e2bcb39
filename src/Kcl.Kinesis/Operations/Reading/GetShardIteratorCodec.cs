using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Operations.Reading;

/// <summary>The request and response of GetShardIterator.</summary>
internal static class GetShardIteratorCodec
{
    /// <summary>Writes the request.</summary>
    public static ReadOnlyMemory<byte> Write(WireFormat format, StreamIdentifier stream, ShardId shardId, StartingPosition position)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteStreamName(stream);
        writer.WriteText("ShardId"u8, shardId.Value);
        writer.WriteText("ShardIteratorType"u8, WireNames.Of(position.Type));
        writer.WriteOptionalText("StartingSequenceNumber"u8, position.SequenceNumber?.ToString());
        writer.WriteOptionalInstant("Timestamp"u8, position.Timestamp);
        writer.WriteStreamArn(stream);
        return writer.End();
    }

    /// <summary>Reads the response.</summary>
    public static string Read(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        string? iterator = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("ShardIterator"u8))
            {
                iterator = reader.ReadOptionalText();
            }
            else
            {
                reader.Skip();
            }
        }

        return iterator ?? throw ResponseMembers.Missing("ShardIterator");
    }
}
