using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Kcl.Kinesis.Transport;

namespace Kcl.Kinesis.Wire;

/// <summary>Reads GetRecords responses in JSON: one pass, base64 decoded where it lies, records are slices.</summary>
internal static class GetRecordsJson
{
    /// <summary>Reads a response.</summary>
    public static GetRecordsResult Read(ResponseBody body)
    {
        var memory = body.Memory;
        var reader = new Utf8JsonReader(memory.Span);
        var records = new List<KinesisRecord>();
        string? next = null;
        long? behind = null;
        IReadOnlyList<ChildShard> children = [];
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextMember(ref reader))
        {
            if (reader.ValueTextEquals("Records"u8))
            {
                ReadRecords(ref reader, memory, records);
            }
            else if (reader.ValueTextEquals("NextShardIterator"u8))
            {
                next = OptionalText(ref reader);
            }
            else if (reader.ValueTextEquals("MillisBehindLatest"u8))
            {
                behind = OptionalInteger(ref reader);
            }
            else if (reader.ValueTextEquals("ChildShards"u8))
            {
                children = ChildShards(ref reader, memory);
            }
            else
            {
                reader.Skip();
            }
        }

        return new(records, next, behind, children, body.Length, body);
    }

    /// <summary>Reads an array of records, or null; the reader stands on its name.</summary>
    /// <param name="reader">The reader, over <paramref name="memory"/>.</param>
    /// <param name="memory">The document, which is changed: base64 becomes what it stands for.</param>
    /// <param name="records">Where they go.</param>
    public static void ReadRecords(ref Utf8JsonReader reader, Memory<byte> memory, List<KinesisRecord> records)
    {
        Advance(ref reader);
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        Require(ref reader, JsonTokenType.StartArray);
        while (true)
        {
            var start = reader.BytesConsumed;
            Advance(ref reader);
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                return;
            }

            Require(ref reader, JsonTokenType.StartObject);
            records.Add(ReadRecord(ref reader, memory));
            if (records.Count == 1)
            {
                records.EnsureCapacity(GetRecordsResponse.Capacity((int)(reader.BytesConsumed - start), memory.Length - (int)reader.BytesConsumed));
            }
        }
    }

    /// <summary>Reads child shards, or null; the reader stands on their name. Rare and small: left to the reader that knows both formats.</summary>
    public static IReadOnlyList<ChildShard> ChildShards(ref Utf8JsonReader reader, Memory<byte> memory)
    {
        Advance(ref reader);
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        var inner = new WireReader(memory[start..(int)reader.BytesConsumed], WireFormat.Json);
        return ShardReaders.ChildShards(ref inner);
    }

    /// <summary>Goes to the next member's name, or out of the object.</summary>
    public static bool NextMember(ref Utf8JsonReader reader)
    {
        Advance(ref reader);
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Reads a text, or nothing where it is null; the reader stands on its name.</summary>
    public static string? OptionalText(ref Utf8JsonReader reader)
    {
        Advance(ref reader);
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        Require(ref reader, JsonTokenType.String);
        return WireReader.Text(ref reader);
    }

    /// <summary>Reads an integer, or nothing where it is null; the reader stands on its name.</summary>
    public static long? OptionalInteger(ref Utf8JsonReader reader)
    {
        Advance(ref reader);
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        Require(ref reader, JsonTokenType.Number);
        return reader.TryGetInt64(out var value) ? value : throw new JsonException($"a number is not an integer (byte {reader.TokenStartIndex})");
    }

    /// <summary>Reads the token that has to come.</summary>
    public static void Expect(ref Utf8JsonReader reader, JsonTokenType expected)
    {
        Advance(ref reader);
        Require(ref reader, expected);
    }

    /// <summary>Reads the next token.</summary>
    public static void Advance(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            throw new JsonException("the body ends early");
        }
    }

    private static void Require(ref Utf8JsonReader reader, JsonTokenType expected)
    {
        if (reader.TokenType != expected)
        {
            throw new JsonException($"it has {reader.TokenType} where {expected} belongs (byte {reader.TokenStartIndex})");
        }
    }

    private static KinesisRecord ReadRecord(ref Utf8JsonReader reader, Memory<byte> memory)
    {
        Memory<byte>? data = null;
        Memory<byte>? key = null;
        Memory<byte>? number = null;
        var arrival = KinesisRecord.NoTimestamp;
        while (NextMember(ref reader))
        {
            if (reader.ValueTextEquals("Data"u8))
            {
                var text = Text(ref reader, memory);
                data = Base64.DecodeFromUtf8InPlace(text.Span, out var written) == OperationStatus.Done
                    ? text[..written]
                    : throw new JsonException($"a record's data is not base64 (byte {reader.TokenStartIndex})");
            }
            else if (reader.ValueTextEquals("SequenceNumber"u8))
            {
                number = Text(ref reader, memory);
            }
            else if (reader.ValueTextEquals("PartitionKey"u8))
            {
                key = OptionalText(ref reader, memory);
            }
            else if (reader.ValueTextEquals("ApproximateArrivalTimestamp"u8))
            {
                Advance(ref reader);
                arrival = reader.TokenType == JsonTokenType.Null ? KinesisRecord.NoTimestamp : JsonInstant.Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        // Records put without a partition key, as streams with the record distribution strategy AUTO take them, come without one.
        return new(data ?? throw Responses.Missing("Data"), key, number ?? throw Responses.Missing("SequenceNumber"), 0, arrival);
    }

    private static Memory<byte>? OptionalText(ref Utf8JsonReader reader, Memory<byte> memory)
    {
        // In a conditional expression "null" would become empty memory, which is an empty text.
        Advance(ref reader);
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return TextHere(ref reader, memory);
    }

    private static Memory<byte> Text(ref Utf8JsonReader reader, Memory<byte> memory)
    {
        Advance(ref reader);
        return TextHere(ref reader, memory);
    }

    private static Memory<byte> TextHere(ref Utf8JsonReader reader, Memory<byte> memory)
    {
        Require(ref reader, JsonTokenType.String);
        if (!reader.ValueIsEscaped)
        {
            return memory.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        }

        var copy = new byte[reader.ValueSpan.Length];
        try
        {
            return copy.AsMemory(0, reader.CopyString(copy));
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException($"a text has half a surrogate pair (byte {reader.TokenStartIndex})", e);
        }
    }
}
