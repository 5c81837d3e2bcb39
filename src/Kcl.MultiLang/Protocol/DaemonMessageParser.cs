using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Kcl.MultiLang.Protocol;

/// <summary>Parses the daemon's lines in one pass. Base64 and escapes are decoded in place, and records are slices of the line.</summary>
internal static class DaemonMessageParser
{
    // The list grows with the batch, which rarely has more than the service's 10,000 records.
    private const int InitialRecords = 16;
    private const int Base64Piece = 4096;

    /// <summary>Parses a line. The line's bytes are overwritten.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <returns>The message.</returns>
    /// <exception cref="FormatException">The line is not a message of this protocol.</exception>
    public static DaemonMessage Parse(Memory<byte> line)
    {
        var message = new DaemonMessage();
        var reader = new Utf8JsonReader(line.Span);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new FormatException("it is not a JSON object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadField(line, ref reader, ref message);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException(e.Message, e);
        }

        return message.IsValid ? message : throw new FormatException("it has no action");
    }

    private static void ReadField(Memory<byte> line, ref Utf8JsonReader reader, ref DaemonMessage message)
    {
        if (reader.ValueTextEquals("action"u8))
        {
            message.Action = Text(ref reader);
        }
        else if (reader.ValueTextEquals("records"u8))
        {
            message.Records = ReadRecords(line, ref reader);
        }
        else if (reader.ValueTextEquals("shardId"u8))
        {
            message.ShardId = Text(ref reader);
        }
        else if (reader.ValueTextEquals("sequenceNumber"u8))
        {
            message.SequenceNumber = Text(ref reader);
        }
        else if (reader.ValueTextEquals("subSequenceNumber"u8))
        {
            message.SubSequenceNumber = Number(ref reader);
        }
        else if (reader.ValueTextEquals("millisBehindLatest"u8))
        {
            message.MillisBehindLatest = Number(ref reader);
        }
        else if (reader.ValueTextEquals("error"u8))
        {
            message.Error = Text(ref reader);
        }
        else if (reader.ValueTextEquals("reason"u8))
        {
            message.Reason = Text(ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    private static List<KinesisRecord> ReadRecords(Memory<byte> line, ref Utf8JsonReader reader)
    {
        var records = new List<KinesisRecord>(InitialRecords);
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return records;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new FormatException("its records are not an array");
        }

        Span<byte> scratch = stackalloc byte[Base64Piece / 4 * 3];
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            records.Add(ReadRecord(line, ref reader, scratch));
        }

        return reader.TokenType == JsonTokenType.EndArray ? records : throw new FormatException("a record is not an object");
    }

    private static KinesisRecord ReadRecord(Memory<byte> line, ref Utf8JsonReader reader, scoped Span<byte> scratch)
    {
        Memory<byte> data = default, sequenceNumber = default;
        Memory<byte>? partitionKey = null;
        long sub = 0, arrival = KinesisRecord.NoTimestamp;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("data"u8))
            {
                data = Decode(Slice(line, ref reader) ?? default, scratch);
            }
            else if (reader.ValueTextEquals("partitionKey"u8))
            {
                partitionKey = Slice(line, ref reader);
            }
            else if (reader.ValueTextEquals("sequenceNumber"u8))
            {
                sequenceNumber = Slice(line, ref reader) ?? default;
            }
            else if (reader.ValueTextEquals("subSequenceNumber"u8))
            {
                sub = Number(ref reader) ?? 0;
            }
            else if (reader.ValueTextEquals("approximateArrivalTimestamp"u8))
            {
                arrival = Number(ref reader) ?? KinesisRecord.NoTimestamp;
            }
            else
            {
                reader.Skip();
            }
        }

        return new(data, partitionKey, sequenceNumber, sub, arrival);
    }

    /// <summary>Returns the bytes of a string or number within the line, unescaped in place; null for null.</summary>
    private static Memory<byte>? Slice(Memory<byte> line, ref Utf8JsonReader reader)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.Number:
                return line.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length);
            case JsonTokenType.String:
                var slice = line.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                return reader.ValueIsEscaped ? Unescape(slice, ref reader) : slice;
            default:
                throw new FormatException($"a record's value is a {reader.TokenType}");
        }
    }

    private static Memory<byte> Unescape(Memory<byte> slice, ref Utf8JsonReader reader)
    {
        // This is rare (a quote in a partition key, a daemon that escapes slashes). The result is never longer than the escaped text.
        var unescaped = new byte[slice.Length];
        var length = reader.CopyString(unescaped);
        unescaped.AsSpan(0, length).CopyTo(slice.Span);
        return slice[..length];
    }

    // Decodes into a small scratch buffer and copies the result back, because .NET vectorizes decoding between buffers but not in place.
    private static Memory<byte> Decode(Memory<byte> base64, scoped Span<byte> scratch)
    {
        var text = base64.Span;
        var read = 0;
        var length = 0;
        while (read < text.Length)
        {
            var piece = text[read..Math.Min(read + Base64Piece, text.Length)];
            var isLast = read + piece.Length == text.Length;
            var status = Base64.DecodeFromUtf8(piece, scratch, out var consumed, out var decoded, isFinalBlock: isLast);
            if (consumed == 0 || (status != OperationStatus.Done && (isLast || status != OperationStatus.NeedMoreData)))
            {
                throw new FormatException("a record's data is not base64");
            }

            scratch[..decoded].CopyTo(text[length..]);
            read += consumed;
            length += decoded;
        }

        return base64[..length];
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => throw new FormatException($"a value is a {reader.TokenType}"),
        };
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        var text = Text(ref reader);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        // Early .NET daemons wrote arrival times as fractions.
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction) ? (long)fraction
            : throw new FormatException($"'{text}' is not a number");
    }
}
