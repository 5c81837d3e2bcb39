using System.Text.Json;
using Kcl.Kinesis.Formats;
using Kcl.Kinesis.Formats.Json;
using Kcl.Kinesis.Operations.Reading;

namespace Kcl.Kinesis.Operations.Consumers;

/// <summary>The request and the events of SubscribeToShard, in JSON as in every AWS SDK.</summary>
internal static class SubscribeToShardCodec
{
    /// <summary>Writes the request.</summary>
    public static ReadOnlyMemory<byte> Write(SubscribeToShardRequest request)
    {
        var writer = RequestMembers.Start(WireFormat.Json);
        writer.WriteText("ConsumerARN"u8, request.ConsumerArn.Value);
        writer.WriteText("ShardId"u8, request.ShardId.Value);
        writer.WriteName("StartingPosition"u8);
        writer.StartMap();
        writer.WriteText("Type"u8, WireNames.Of(request.Position.Type));
        writer.WriteOptionalText("SequenceNumber"u8, request.Position.SequenceNumber?.ToString());
        writer.WriteOptionalInstant("Timestamp"u8, request.Position.Timestamp);
        writer.EndMap();
        return writer.End();
    }

    /// <summary>Reads the payload of a <c>SubscribeToShardEvent</c>. Base64 is decoded in place.</summary>
    /// <param name="frame">The frame; the event owns it afterwards.</param>
    /// <param name="payload">The payload, within the frame.</param>
    public static SubscribeToShardEvent ReadEvent(ResponseBody frame, Memory<byte> payload)
    {
        var reader = new Utf8JsonReader(payload.Span);
        var records = new List<KinesisRecord>();
        SequenceNumber? continuation = null;
        long? behind = null;
        IReadOnlyList<ChildShard> children = [];
        reader.ReadExpected(JsonTokenType.StartObject);
        while (reader.ReadMemberName())
        {
            if (reader.ValueTextEquals("Records"u8))
            {
                GetRecordsJson.ReadRecords(ref reader, payload, records);
            }
            else if (reader.ValueTextEquals("ContinuationSequenceNumber"u8))
            {
                continuation = reader.ReadOptionalText() is { } text ? SequenceNumber.Parse(text) : null;
            }
            else if (reader.ValueTextEquals("MillisBehindLatest"u8))
            {
                behind = reader.ReadOptionalInteger();
            }
            else if (reader.ValueTextEquals("ChildShards"u8))
            {
                children = GetRecordsJson.ReadChildShards(ref reader, payload);
            }
            else
            {
                reader.Skip();
            }
        }

        return new(frame.TakeOver())
        {
            Records = records,
            ContinuationSequenceNumber = continuation,
            MillisBehindLatest = behind,
            ChildShards = children,
            ByteCount = frame.Length,
        };
    }
}
