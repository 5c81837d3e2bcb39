using System.Text.Json;
using Kcl.Kinesis.Transport;
using Kcl.Kinesis.Wire;

namespace Kcl.Kinesis.FanOut;

/// <summary>Reads the payload of a <c>SubscribeToShardEvent</c>: JSON, its base64 decoded where it lies.</summary>
internal static class EventPayload
{
    /// <summary>Reads an event.</summary>
    /// <param name="frame">The frame; the event owns it when this returns.</param>
    /// <param name="payload">The payload, within the frame.</param>
    public static SubscribeToShardEvent Read(ResponseBody frame, Memory<byte> payload)
    {
        var reader = new Utf8JsonReader(payload.Span);
        var records = new List<KinesisRecord>();
        SequenceNumber? continuation = null;
        long? behind = null;
        IReadOnlyList<ChildShard> children = [];
        GetRecordsJson.Expect(ref reader, JsonTokenType.StartObject);
        while (GetRecordsJson.NextMember(ref reader))
        {
            if (reader.ValueTextEquals("Records"u8))
            {
                GetRecordsJson.ReadRecords(ref reader, payload, records);
            }
            else if (reader.ValueTextEquals("ContinuationSequenceNumber"u8))
            {
                continuation = GetRecordsJson.OptionalText(ref reader) is { } text ? SequenceNumber.Parse(text) : null;
            }
            else if (reader.ValueTextEquals("MillisBehindLatest"u8))
            {
                behind = GetRecordsJson.OptionalInteger(ref reader);
            }
            else if (reader.ValueTextEquals("ChildShards"u8))
            {
                children = GetRecordsJson.ChildShards(ref reader, payload);
            }
            else
            {
                reader.Skip();
            }
        }

        return new(records, continuation, behind, children, frame.Length, frame.TakeOver());
    }
}
