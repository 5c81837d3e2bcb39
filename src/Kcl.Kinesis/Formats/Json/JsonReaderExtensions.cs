using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Kcl.Kinesis.Formats.Json;

/// <summary>
/// Reads tokens and values, and throws a <see cref="JsonException"/> if they are not of the expected type. Texts are slices of the
/// document.
/// </summary>
internal static class JsonReaderExtensions
{
    /// <summary>Reads the next token.</summary>
    /// <exception cref="JsonException">The document has no more tokens, or is not JSON.</exception>
    public static void ReadNext(this ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            ThrowEndOfBody();
        }
    }

    /// <summary>Reads the next token, which must be of a given type.</summary>
    public static void ReadExpected(this ref Utf8JsonReader reader, JsonTokenType expected)
    {
        reader.ReadNext();
        reader.Require(expected);
    }

    /// <summary>Throws if the current token is not of a given type.</summary>
    public static void Require(this ref Utf8JsonReader reader, JsonTokenType expected)
    {
        if (reader.TokenType != expected)
        {
            ThrowUnexpected(reader.TokenType, expected, reader.TokenStartIndex);
        }
    }

    /// <summary>Reads the name of the next member, or the end of the object.</summary>
    /// <returns>True if there is another member; otherwise, false.</returns>
    public static bool ReadMemberName(this ref Utf8JsonReader reader)
    {
        reader.ReadNext();
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Returns the text or name at the reader's position.</summary>
    /// <exception cref="JsonException">It is not UTF-8, or has half a surrogate pair.</exception>
    public static string GetText(this ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException($"a text is not UTF-8 (byte {reader.TokenStartIndex})", e);
        }
    }

    /// <summary>Reads the next value: a text or null.</summary>
    public static string? ReadOptionalText(this ref Utf8JsonReader reader)
    {
        reader.ReadNext();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        reader.Require(JsonTokenType.String);
        return reader.GetText();
    }

    /// <summary>Reads the next value: an integer or null.</summary>
    public static long? ReadOptionalInteger(this ref Utf8JsonReader reader)
    {
        reader.ReadNext();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        reader.Require(JsonTokenType.Number);
        return reader.TryGetInt64(out var value)
            ? value
            : throw new JsonException($"a number is not an integer (byte {reader.TokenStartIndex})");
    }

    /// <summary>Reads the next value, a text, as UTF-8.</summary>
    /// <param name="reader">The reader, over <paramref name="document"/>.</param>
    /// <param name="document">The document.</param>
    /// <returns>A slice of the document; a copy only if the text has escapes.</returns>
    public static Memory<byte> ReadTextSlice(this ref Utf8JsonReader reader, Memory<byte> document)
    {
        reader.ReadNext();
        return reader.GetTextSlice(document);
    }

    /// <summary>Reads the next value, a text or null, as UTF-8.</summary>
    /// <param name="reader">The reader, over <paramref name="document"/>.</param>
    /// <param name="document">The document.</param>
    /// <returns>A slice of the document; a copy only if the text has escapes.</returns>
    public static Memory<byte>? ReadOptionalTextSlice(this ref Utf8JsonReader reader, Memory<byte> document)
    {
        // Not a conditional expression: in one, null would be converted to empty memory, which is an empty text.
        reader.ReadNext();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return reader.GetTextSlice(document);
    }

    // The rare cases are in methods of their own, so that the frequent ones are inlined.
    private static Memory<byte> GetTextSlice(this ref Utf8JsonReader reader, Memory<byte> document)
    {
        reader.Require(JsonTokenType.String);
        return reader.ValueIsEscaped
            ? CopyUnescaped(ref reader)
            : document.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
    }

    private static Memory<byte> CopyUnescaped(ref Utf8JsonReader reader)
    {
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

    [DoesNotReturn]
    private static void ThrowEndOfBody() => throw new JsonException("the body ends early");

    [DoesNotReturn]
    private static void ThrowUnexpected(JsonTokenType found, JsonTokenType expected, long at) =>
        throw new JsonException($"it has {found} where {expected} belongs (byte {at})");
}
