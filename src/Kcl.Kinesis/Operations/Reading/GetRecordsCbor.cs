using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using Kcl.Kinesis.Formats;
using Kcl.Kinesis.Formats.Cbor;
using Kcl.Kinesis.Operations.Topology;

namespace Kcl.Kinesis.Operations.Reading;

/// <summary>Reads GetRecords responses in CBOR in one pass: records are slices.</summary>
internal static class GetRecordsCbor
{
    /// <summary>Reads a response.</summary>
    public static GetRecordsResult Read(ResponseBody body)
    {
        var reader = new CborReader(body.Memory);
        var records = new List<KinesisRecord>();
        string? next = null;
        long? behind = null;
        IReadOnlyList<ChildShard> children = [];
        for (var map = reader.ReadMapStart(); reader.MoveNext(ref map);)
        {
            var name = reader.ReadTextSpan();
            if (name.SequenceEqual("Records"u8))
            {
                ReadRecords(ref reader, records, body.Length);
            }
            else if (name.SequenceEqual("NextShardIterator"u8))
            {
                next = reader.TryReadNull() ? null : reader.ReadString();
            }
            else if (name.SequenceEqual("MillisBehindLatest"u8))
            {
                behind = reader.TryReadNull() ? null : reader.ReadInt64();
            }
            else if (name.SequenceEqual("ChildShards"u8))
            {
                // Child shards are rare and small, so the reader for both formats reads them.
                var start = reader.Position;
                reader.Skip();
                var inner = new WireReader(body.Memory[start..reader.Position], WireFormat.Cbor);
                children = ShardReaders.ReadChildShards(ref inner);
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

    private static void ReadRecords(ref CborReader reader, List<KinesisRecord> records, int length)
    {
        if (reader.TryReadNull())
        {
            return;
        }

        for (var array = reader.ReadArrayStart(); reader.MoveNext(ref array);)
        {
            var start = reader.Position;
            records.Add(ReadRecord(ref reader));
            if (records.Count == 1)
            {
                records.EnsureCapacity(GetRecordsCodec.GetCapacity(reader.Position - start, length - reader.Position));
            }
        }
    }

    private static KinesisRecord ReadRecord(ref CborReader reader)
    {
        ReadOnlyMemory<byte>? data = null;
        ReadOnlyMemory<byte>? key = null;
        ReadOnlyMemory<byte>? number = null;
        var arrival = KinesisRecord.NoTimestamp;
        for (var map = reader.ReadMapStart(); reader.MoveNext(ref map);)
        {
            var name = reader.ReadTextSpan();
            if (name.SequenceEqual("Data"u8))
            {
                data = ReadData(ref reader);
            }
            else if (name.SequenceEqual("SequenceNumber"u8))
            {
                number = reader.ReadText();
            }
            else if (name.SequenceEqual("PartitionKey"u8))
            {
                key = ReadOptionalText(ref reader);
            }
            else if (name.SequenceEqual("ApproximateArrivalTimestamp"u8))
            {
                arrival = reader.TryReadNull() ? KinesisRecord.NoTimestamp : reader.ReadEpochMilliseconds();
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

    private static ReadOnlyMemory<byte>? ReadOptionalText(ref CborReader reader)
    {
        // Not a conditional expression: in one, null would be converted to empty memory, which is an empty text.
        if (reader.TryReadNull())
        {
            return null;
        }

        return reader.ReadText();
    }

    private static ReadOnlyMemory<byte> ReadData(ref CborReader reader)
    {
        if (reader.Kind != CborKind.Text)
        {
            return reader.ReadBytes();
        }

        // kinesis-mock writes base64 instead of a byte string. It is decoded in place, because this reader owns the buffer.
        var text = MemoryMarshal.AsMemory(reader.ReadText());
        return Base64.DecodeFromUtf8InPlace(text.Span, out var written) == OperationStatus.Done
            ? text[..written]
            : throw new FormatException("a record's data is not base64");
    }
}
