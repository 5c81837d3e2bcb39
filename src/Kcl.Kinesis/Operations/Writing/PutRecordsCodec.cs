using System.Buffers.Text;
using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Operations.Writing;

/// <summary>The requests and responses of PutRecord and PutRecords.</summary>
internal static class PutRecordsCodec
{
    private const int BytesPerRecord = 96; // names, lengths and a hash key

    /// <summary>Writes PutRecord.</summary>
    public static ReadOnlyMemory<byte> WriteOne(WireFormat format, StreamIdentifier stream, PutRecordEntry record)
    {
        var writer = RequestMembers.Start(format, GetSize(format, record));
        writer.WriteStreamName(stream);
        WriteEntry(writer, record, keyFirst: true);
        writer.WriteStreamArn(stream);
        return writer.End();
    }

    /// <summary>Writes PutRecords.</summary>
    public static ReadOnlyMemory<byte> WriteMany(WireFormat format, StreamIdentifier stream, IReadOnlyList<PutRecordEntry> records)
    {
        var size = 0;
        for (var i = 0; i < records.Count; i++)
        {
            size += GetSize(format, records[i]);
        }

        var writer = RequestMembers.Start(format, size);
        writer.WriteName("Records"u8);
        writer.StartArray();
        for (var i = 0; i < records.Count; i++)
        {
            writer.StartMap();
            WriteEntry(writer, records[i], keyFirst: false);
            writer.EndMap();
        }

        writer.EndArray();
        writer.WriteStreamName(stream);
        writer.WriteStreamArn(stream);
        return writer.End();
    }

    /// <summary>Reads the response of PutRecord.</summary>
    public static PutRecordResult ReadOne(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        var entry = ReadEntry(ref reader);
        return new()
        {
            ShardId = entry.ShardId ?? throw ResponseMembers.Missing("ShardId"),
            SequenceNumber = entry.SequenceNumber ?? throw ResponseMembers.Missing("SequenceNumber"),
        };
    }

    /// <summary>Reads the response of PutRecords.</summary>
    public static List<PutRecordsResultEntry> ReadMany(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        var entries = new List<PutRecordsResultEntry>();
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("Records"u8))
            {
                var array = reader.ReadArray();
                while (reader.NextItem(ref array))
                {
                    var entry = ReadEntry(ref reader);
                    var complete = entry.ErrorCode is not null || (entry.ShardId is not null && entry.SequenceNumber is not null);
                    entries.Add(complete ? entry : throw ResponseMembers.Missing("SequenceNumber"));
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return entries;
    }

    private static int GetSize(WireFormat format, PutRecordEntry record) =>
        BytesPerRecord
        + (record.PartitionKey?.Length ?? 0)
        + (format == WireFormat.Json ? Base64.GetMaxEncodedToUtf8Length(record.Data.Length) : record.Data.Length);

    private static void WriteEntry(WireWriter writer, PutRecordEntry record, bool keyFirst)
    {
        // In the service's model, the order of the two optional members differs between the two operations.
        writer.WriteName("Data"u8);
        writer.WriteBytes(record.Data.Span);
        if (keyFirst)
        {
            writer.WriteOptionalText("PartitionKey"u8, record.PartitionKey);
        }

        if (record.ExplicitHashKey is { } hashKey)
        {
            writer.WriteName("ExplicitHashKey"u8);
            writer.WriteText(hashKey);
        }

        if (!keyFirst)
        {
            writer.WriteOptionalText("PartitionKey"u8, record.PartitionKey);
        }
    }

    private static PutRecordsResultEntry ReadEntry(ref WireReader reader)
    {
        ShardId? shardId = null;
        SequenceNumber? sequenceNumber = null;
        string? errorCode = null;
        string? errorMessage = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("ShardId"u8))
            {
                shardId = reader.ReadOptionalShardId();
            }
            else if (name.SequenceEqual("SequenceNumber"u8))
            {
                sequenceNumber = reader.ReadOptionalSequenceNumber();
            }
            else if (name.SequenceEqual("ErrorCode"u8))
            {
                errorCode = reader.ReadOptionalText();
            }
            else if (name.SequenceEqual("ErrorMessage"u8))
            {
                errorMessage = reader.ReadOptionalText();
            }
            else
            {
                reader.Skip();
            }
        }

        return new()
        {
            ShardId = shardId,
            SequenceNumber = sequenceNumber,
            ErrorCode = errorCode,
            ErrorMessage = errorMessage,
        };
    }
}
