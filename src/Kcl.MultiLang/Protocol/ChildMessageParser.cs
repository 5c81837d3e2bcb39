using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Kcl.MultiLang.Protocol;

/// <summary>Finds the message in a line that a child printed, at any position.</summary>
/// <remarks>
/// Values are parsed as leniently as in Java's daemon: keys in any order, spaces, numbers and booleans for strings. Other text on the line
/// and unusual contents are reported as traits; <see cref="ChildMessageRules"/> decide about them.
/// </remarks>
internal static class ChildMessageParser
{
    // Other text, such as a log prefix, may contain braces before the message. A line with more braces than this is noise.
    private const int MaxAttempts = 16;

    /// <summary>Parses a line.</summary>
    /// <param name="line">The line, without its end.</param>
    public static ChildLine Parse(ReadOnlySpan<byte> line)
    {
        var text = line.Trim(" \t\0"u8);
        if (text.IsEmpty || text.SequenceEqual("null"u8))
        {
            return new(new(ChildMessageKind.Nothing));
        }

        var traits = line[0] == text[0] ? ChildLineTraits.None : ChildLineTraits.Indented;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var start = text.IndexOf((byte)'{');
            if (start < 0)
            {
                break;
            }

            text = text[start..];
            if (TryParseObject(text, out var fields, out var consumed))
            {
                traits |= start > 0 || consumed < text.Length ? ChildLineTraits.OtherText : ChildLineTraits.None;
                return new(fields.ToMessage(), traits | fields.Traits);
            }

            text = text[consumed..];
            traits |= ChildLineTraits.OtherText;
        }

        return new(new(ChildMessageKind.Noise));
    }

    /// <summary>Parses an object. If it is not a message, returns in <paramref name="consumed"/> where the search continues.</summary>
    private static bool TryParseObject(ReadOnlySpan<byte> text, out Fields fields, out int consumed)
    {
        fields = default;
        consumed = 1;
        // Not the final block: the object may end before the line does.
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
            // InvalidOperationException: a string that is not UTF-8. With any of these exceptions, the object is not a message.
            return false;
        }

        consumed = (int)reader.BytesConsumed;
        return fields.ToMessage().Kind != ChildMessageKind.Noise;
    }

    private static bool TryReadField(ref Utf8JsonReader reader, ref Fields fields)
    {
        var key = KeyOf(ref reader);
        fields.HasRepeatedKeys |= (fields.FoundKeys & key & ~Keys.Other) != 0;
        fields.FoundKeys |= key;
        return key switch
        {
            Keys.Action => reader.Read() && TryReadText(ref reader, out fields.Action),
            Keys.ResponseFor => reader.Read() && TryReadText(ref reader, out fields.ResponseFor),
            Keys.SequenceNumber => reader.Read() && TryReadText(ref reader, out fields.SequenceNumber),
            Keys.SubSequenceNumber => reader.Read() && TryReadNumber(ref reader, out fields.SubSequenceNumber),
            Keys.Checkpoint => TryReadOldNumber(ref reader, ref fields),
            _ => reader.TrySkip() || ThrowOnTruncated(),
        };
    }

    private static Keys KeyOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("action"u8) ? Keys.Action
        : reader.ValueTextEquals("responseFor"u8) ? Keys.ResponseFor
        : reader.ValueTextEquals("sequenceNumber"u8) ? Keys.SequenceNumber
        : reader.ValueTextEquals("subSequenceNumber"u8) ? Keys.SubSequenceNumber
        : reader.ValueTextEquals("checkpoint"u8) ? Keys.Checkpoint
        : reader.ValueTextEquals("error"u8) ? Keys.Error
        : Keys.Other;

    /// <summary>
    /// Reads the key in which clients of KCL 1.x send the sequence number. In messages of other actions the key may have any value.
    /// </summary>
    private static bool TryReadOldNumber(ref Utf8JsonReader reader, ref Fields fields)
    {
        if (!reader.Read())
        {
            return ThrowOnTruncated();
        }

        fields.IsOldNumberUnreadable = !TryReadText(ref reader, out fields.OldSequenceNumber);
        return !fields.IsOldNumberUnreadable || reader.TrySkip() || ThrowOnTruncated();
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
        else if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction)
            && decimal.Truncate(fraction) is >= long.MinValue and <= long.MaxValue)
        {
            number = (long)decimal.Truncate(fraction);
        }

        return number is not null;
    }

    [Flags]
    private enum Keys
    {
        Action = 1,
        ResponseFor = 2,
        SequenceNumber = 4,
        SubSequenceNumber = 8,
        Checkpoint = 16,
        Error = 32,
        Other = 64,
    }

    private struct Fields
    {
        public string? Action;
        public string? ResponseFor;
        public string? SequenceNumber;
        public string? OldSequenceNumber;
        public long? SubSequenceNumber;
        public bool IsOldNumberUnreadable;
        public bool HasRepeatedKeys;
        public Keys FoundKeys;

        // The .NET library sends "error" with each checkpoint.
        private const Keys KeysOfCheckpoint = Keys.Action | Keys.SequenceNumber | Keys.SubSequenceNumber | Keys.Checkpoint | Keys.Error;
        private const Keys KeysOfStatus = Keys.Action | Keys.ResponseFor;

        public readonly ChildLineTraits Traits
        {
            get
            {
                var isCheckpoint = Action == ActionNames.Checkpoint;
                var isUnknown = (FoundKeys & ~(isCheckpoint ? KeysOfCheckpoint : KeysOfStatus)) != 0
                    || (isCheckpoint && IsOldNumberUnreadable);
                return (isUnknown ? ChildLineTraits.UnknownKeys : ChildLineTraits.None)
                    | (HasRepeatedKeys || Contradicts ? ChildLineTraits.RepeatedKeys : ChildLineTraits.None);
            }
        }

        private readonly bool Contradicts =>
            SequenceNumber is not null && OldSequenceNumber is not null && SequenceNumber != OldSequenceNumber;

        public readonly ChildMessage ToMessage() => Action switch
        {
            ActionNames.Status => new(ChildMessageKind.Status, ResponseFor),
            ActionNames.Checkpoint => new(ChildMessageKind.Checkpoint, null, SequenceNumber ?? OldSequenceNumber, SubSequenceNumber),
            ActionNames.Initialize or ActionNames.ProcessRecords or ActionNames.LeaseLost or ActionNames.ShardEnded
                or ActionNames.ShutdownRequested or ActionNames.Shutdown or ActionNames.Record => new(ChildMessageKind.Other, Action),
            _ => new(ChildMessageKind.Noise),
        };
    }
}
