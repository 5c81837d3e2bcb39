using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Kcl.Kinesis.Formats;
using Kcl.Kinesis.Formats.Json;
using Kcl.Kinesis.Operations.Topology;

namespace Kcl.Kinesis.Operations.Reading;

/// <summary>Reads GetRecords responses in JSON in one pass: base64 is decoded in place, records are slices.</summary>
internal static class GetRecordsJson
{
    /// <summary>Reads a response.</summary>
    public static GetRecordsResult Read(ResponseBody body)
    {
        var document = body.Memory;
        var reader = new Utf8JsonReader(document.Span);
        var records = new List<KinesisRecord>();
        string? next = null;
        long? behind = null;
        IReadOnlyList<ChildShard> children = [];
        reader.ReadExpected(JsonTokenType.StartObject);
        while (reader.ReadMemberName())
        {
            if (reader.ValueTextEquals("Records"u8))
            {
                ReadRecords(ref reader, document, records);
            }
            else if (reader.ValueTextEquals("NextShardIterator"u8))
            {
                next = reader.ReadOptionalText();
            }
            else if (reader.ValueTextEquals("MillisBehindLatest"u8))
            {
                behind = reader.ReadOptionalInteger();
            }
            else if (reader.ValueTextEquals("ChildShards"u8))
            {
                children = ReadChildShards(ref reader, document);
            }
            else
            {
                reader.Skip();
            }
        }

        return new(body)
        {
            Records = records,
            NextShardIterator = next,
            MillisBehindLatest = behind,
            ChildShards = children,
            ByteCount = body.Length,
        };
    }

    /// <summary>Reads the next value: an array of records or null.</summary>
    /// <param name="reader">The reader, over <paramref name="document"/>.</param>
    /// <param name="document">The document, which is changed: base64 is decoded in place.</param>
    /// <param name="records">Receives the records.</param>
    public static void ReadRecords(ref Utf8JsonReader reader, Memory<byte> document, List<KinesisRecord> records)
    {
        reader.ReadNext();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        reader.Require(JsonTokenType.StartArray);
        while (true)
        {
            var start = reader.BytesConsumed;
            reader.ReadNext();
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                return;
            }

            reader.Require(JsonTokenType.StartObject);
            records.Add(ReadRecord(ref reader, document));
            if (records.Count == 1)
            {
                var end = (int)reader.BytesConsumed;
                records.EnsureCapacity(GetRecordsCodec.GetCapacity(end - (int)start, document.Length - end));
            }
        }
    }

    /// <summary>
    /// Reads the next value: an array of child shards or null. Child shards are rare and small, so the reader for both formats reads them.
    /// </summary>
    public static IReadOnlyList<ChildShard> ReadChildShards(ref Utf8JsonReader reader, Memory<byte> document)
    {
        reader.ReadNext();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        var inner = new WireReader(document[start..(int)reader.BytesConsumed], WireFormat.Json);
        return ShardReaders.ReadChildShards(ref inner);
    }

    private static KinesisRecord ReadRecord(ref Utf8JsonReader reader, Memory<byte> document)
    {
        Memory<byte>? data = null;
        Memory<byte>? key = null;
        Memory<byte>? number = null;
        var arrival = KinesisRecord.NoTimestamp;
        while (reader.ReadMemberName())
        {
            if (reader.ValueTextEquals("Data"u8))
            {
                var text = reader.ReadTextSlice(document);
                data = Base64.DecodeFromUtf8InPlace(text.Span, out var written) == OperationStatus.Done
                    ? text[..written]
                    : throw new JsonException($"a record's data is not base64 (byte {reader.TokenStartIndex})");
            }
            else if (reader.ValueTextEquals("SequenceNumber"u8))
            {
                number = reader.ReadTextSlice(document);
            }
            else if (reader.ValueTextEquals("PartitionKey"u8))
            {
                key = reader.ReadOptionalTextSlice(document);
            }
            else if (reader.ValueTextEquals("ApproximateArrivalTimestamp"u8))
            {
                reader.ReadNext();
                arrival = reader.TokenType == JsonTokenType.Null ? KinesisRecord.NoTimestamp : JsonInstant.Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        // A record that was put without a partition key has none here. Streams with the record distribution strategy AUTO accept such
        // records.
        return new(
            data ?? throw ResponseMembers.Missing("Data"),
            key,
            number ?? throw ResponseMembers.Missing("SequenceNumber"),
            0,
            arrival);
    }
}
