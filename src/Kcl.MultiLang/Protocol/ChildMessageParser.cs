using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Kcl.MultiLang.Protocol;

/// <summary>Reads what a child prints: as lenient as the Java daemon about values, and more so about what surrounds a message, since a lost message hangs its child.</summary>
/// <remarks>Same as Java: key order, spaces, duplicate keys (the last wins), numbers and booleans for strings, text after the message. Better: text before it, unknown keys, a bare <c>null</c>.</remarks>
internal static class ChildMessageParser
{
    // Text such as a log line may hold braces of its own before the message; a line with more than these is taken for noise.
    private const int MaxAttempts = 16;

    /// <summary>Understands one line, without its end.</summary>
    public static ChildMessage Parse(ReadOnlySpan<byte> line)
    {
        var trimmed = line.Trim(" \t\0"u8);
        if (trimmed.IsEmpty || trimmed.SequenceEqual("null"u8))
        {
            return new(ChildMessageKind.Nothing);
        }

        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var start = trimmed.IndexOf((byte)'{');
            if (start < 0)
            {
                break;
            }

            trimmed = trimmed[start..];
            if (TryParseObject(trimmed, out var message, out var consumed))
            {
                return message;
            }

            trimmed = trimmed[consumed..];
        }

        return new(ChildMessageKind.Noise);
    }

    /// <summary>Reads one object. Where it is none, or none of ours, says how far to move on in search of the next.</summary>
    private static bool TryParseObject(ReadOnlySpan<byte> text, out ChildMessage message, out int consumed)
    {
        message = default;
        consumed = 1;
        var fields = default(Fields);
        // Not the final block: what follows the object on the line is nobody's business.
        var reader = new Utf8JsonReader(text, isFinalBlock: false, default);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!TryReadField(ref reader, ref fields))
                {
                    return false;
                }
            }

            if (reader.TokenType != JsonTokenType.EndObject || reader.CurrentDepth != 0)
            {
                return false;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: a string that is no UTF-8. Either way, not a message.
            return false;
        }

        consumed = (int)reader.BytesConsumed;
        message = fields.ToMessage();
        return message.Kind != ChildMessageKind.Noise;
    }

    private static bool TryReadField(ref Utf8JsonReader reader, ref Fields fields)
    {
        if (reader.ValueTextEquals("action"u8))
        {
            return reader.Read() && TryReadText(ref reader, out fields.Action);
        }

        if (reader.ValueTextEquals("responseFor"u8))
        {
            return reader.Read() && TryReadText(ref reader, out fields.ResponseFor);
        }

        if (reader.ValueTextEquals("sequenceNumber"u8))
        {
            return reader.Read() && TryReadText(ref reader, out fields.SequenceNumber);
        }

        if (reader.ValueTextEquals("subSequenceNumber"u8))
        {
            return reader.Read() && TryReadNumber(ref reader, out fields.SubSequenceNumber);
        }

        return reader.TrySkip() || ThrowOnTruncated();
    }

    private static bool ThrowOnTruncated() => throw new JsonException("The object has no end.");

    private static bool TryReadText(ref Utf8JsonReader reader, out string? text)
    {
        text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => null,
        };
        return text is not null || reader.TokenType == JsonTokenType.Null;
    }

    private static bool TryReadNumber(ref Utf8JsonReader reader, out long? number)
    {
        number = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.Number:
                return TryTruncate(Encoding.UTF8.GetString(reader.ValueSpan), out number);
            case JsonTokenType.String:
                var text = reader.GetString()!.Trim();
                return text.Length == 0 || TryTruncate(text, out number);
            default:
                return false;
        }
    }

    private static bool TryTruncate(string text, out long? number)
    {
        number = null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            number = whole;
        }
        else if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction) && decimal.Truncate(fraction) is >= long.MinValue and <= long.MaxValue)
        {
            number = (long)decimal.Truncate(fraction);
        }

        return number is not null;
    }

    private struct Fields
    {
        public string? Action;
        public string? ResponseFor;
        public string? SequenceNumber;
        public long? SubSequenceNumber;

        public readonly ChildMessage ToMessage() => Action switch
        {
            ActionNames.Status => new(ChildMessageKind.Status, ResponseFor),
            ActionNames.Checkpoint => new(ChildMessageKind.Checkpoint, null, SequenceNumber, SubSequenceNumber),
            ActionNames.Initialize or ActionNames.ProcessRecords or ActionNames.LeaseLost or ActionNames.ShardEnded
                or ActionNames.ShutdownRequested or ActionNames.Shutdown or ActionNames.Record => new(ChildMessageKind.Other, Action),
            _ => new(ChildMessageKind.Noise),
        };
    }
}
