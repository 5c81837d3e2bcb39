using System.Text.Json;
using System.Text.Unicode;
using Kcl.Kinesis.Formats.Cbor;
using Kcl.LocalKinesis.Errors;

namespace Kcl.LocalKinesis.Http;

/// <summary>Parses a request body of either encoding into a <see cref="RequestDocument"/>.</summary>
internal static class RequestParser
{
    private const int MaxDepth = 32;

    /// <summary>Parses a body.</summary>
    /// <param name="body">The bytes, which the document refers to. An empty body is an empty structure.</param>
    /// <param name="cbor">True if the body is CBOR; false if it is JSON.</param>
    /// <exception cref="ServiceErrorException">The body is not well-formed, or not a structure: <c>SerializationException</c>.</exception>
    public static RequestDocument Parse(ReadOnlyMemory<byte> body, bool cbor)
    {
        var document = new RequestDocument(body);
        if (body.Length == 0)
        {
            document.Close(document.Add(RequestKind.Map), 0);
            return document;
        }

        try
        {
            if (cbor)
            {
                ParseCbor(document, body);
            }
            else
            {
                ParseJson(document, body.Span);
            }
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException)
        {
            throw ServiceErrors.UnreadableBody(fault.Message);
        }

        return document.Root.Kind == RequestKind.Map ? document : throw ServiceErrors.BodyIsNotStructure();
    }

    private static void ParseJson(RequestDocument document, ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        _ = reader.Read();
        ParseJsonValue(document, ref reader);
        if (reader.Read())
        {
            throw new JsonException("There is more than one value.");
        }
    }

    private static void ParseJsonValue(RequestDocument document, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = document.Add(RequestKind.Map);
                var members = 0;
                for (; reader.Read() && reader.TokenType != JsonTokenType.EndObject; members++)
                {
                    ParseJsonText(document, ref reader);
                    _ = reader.Read();
                    ParseJsonValue(document, ref reader);
                }

                document.Close(map, members);
                break;
            case JsonTokenType.StartArray:
                var array = document.Add(RequestKind.Array);
                var items = 0;
                for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; items++)
                {
                    ParseJsonValue(document, ref reader);
                }

                document.Close(array, items);
                break;
            case JsonTokenType.String:
                ParseJsonText(document, ref reader);
                break;
            case JsonTokenType.Number when reader.TryGetInt64(out var integer):
                document.Add(RequestKind.Integer, integer);
                break;
            case JsonTokenType.Number:
                document.Add(RequestKind.Number, BitConverter.DoubleToInt64Bits(reader.GetDouble()));
                break;
            case JsonTokenType.True or JsonTokenType.False:
                document.Add(RequestKind.Boolean, reader.TokenType == JsonTokenType.True ? 1 : 0);
                break;
            default:
                document.Add(RequestKind.Null);
                break;
        }
    }

    private static void ParseJsonText(RequestDocument document, ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            // The token starts at its quotation mark.
            document.AddSlice(RequestKind.Text, RequireUtf8((int)reader.TokenStartIndex + 1, reader.ValueSpan), reader.ValueSpan.Length);
            return;
        }

        var unescaped = new byte[reader.ValueSpan.Length];
        document.AddCopy(RequestKind.Text, unescaped.AsSpan(0, reader.CopyString(unescaped)));
    }

    private static int RequireUtf8(int start, ReadOnlySpan<byte> text) =>
        Utf8.IsValid(text) ? start : throw new JsonException("A text is not valid UTF-8.");

    private static void ParseCbor(RequestDocument document, ReadOnlyMemory<byte> body)
    {
        var reader = new CborReader(body);
        ParseCborValue(document, body, ref reader, MaxDepth);
        if (reader.Kind != CborKind.End)
        {
            throw new CborFormatException("CBOR: there is more than one item", reader.Position);
        }
    }

    private static void ParseCborValue(RequestDocument document, ReadOnlyMemory<byte> body, ref CborReader reader, int depth)
    {
        if (depth == 0)
        {
            throw new CborFormatException($"CBOR: nested deeper than {MaxDepth}", reader.Position);
        }

        switch (GetUntaggedKind(body, reader))
        {
            case CborKind.Map:
                var map = document.Add(RequestKind.Map);
                var members = 0;
                for (var remaining = reader.ReadMapStart(); reader.MoveNext(ref remaining); members++)
                {
                    AddCborSlice(document, body, reader.ReadText(), reader.Position, RequestKind.Text);
                    ParseCborValue(document, body, ref reader, depth - 1);
                }

                document.Close(map, members);
                break;
            case CborKind.Array:
                var array = document.Add(RequestKind.Array);
                var items = 0;
                for (var remaining = reader.ReadArrayStart(); reader.MoveNext(ref remaining); items++)
                {
                    ParseCborValue(document, body, ref reader, depth - 1);
                }

                document.Close(array, items);
                break;
            case CborKind.Text:
                AddCborSlice(document, body, reader.ReadText(), reader.Position, RequestKind.Text);
                break;
            case CborKind.Bytes:
                AddCborSlice(document, body, reader.ReadBytes(), reader.Position, RequestKind.Bytes);
                break;
            case CborKind.Integer:
                document.Add(RequestKind.Integer, reader.ReadInt64());
                break;
            case CborKind.Float:
                document.Add(RequestKind.Number, BitConverter.DoubleToInt64Bits(reader.ReadDouble()));
                break;
            case CborKind.Boolean:
                document.Add(RequestKind.Boolean, reader.ReadBoolean() ? 1 : 0);
                break;
            case CborKind.Null:
                _ = reader.TryReadNull();
                document.Add(RequestKind.Null);
                break;
            default:
                throw new CborFormatException("CBOR: expected a value", reader.Position);
        }
    }

    // Returns the kind of the value after its tags. The reader is a copy, so the position of the original does not change.
    private static CborKind GetUntaggedKind(ReadOnlyMemory<byte> body, CborReader reader)
    {
        if (reader.Kind != CborKind.Tag)
        {
            return reader.Kind;
        }

        var position = reader.Position;
        var span = body.Span;
        while (position < span.Length && span[position] >> 5 == 6)
        {
            var info = span[position] & 31;
            position += info < 24 ? 1 : 1 + (1 << (info - 24));
        }

        return position <= span.Length ? new CborReader(body[position..]).Kind : CborKind.End;
    }

    private static void AddCborSlice(
        RequestDocument document,
        ReadOnlyMemory<byte> body,
        ReadOnlyMemory<byte> slice,
        int end,
        RequestKind kind)
    {
        if (kind == RequestKind.Text && !Utf8.IsValid(slice.Span))
        {
            throw new CborFormatException("CBOR: a text is not valid UTF-8", end);
        }

        // A string in one piece ends at the position of the reader. A string of several chunks is a copy, not a slice of the body.
        var start = end - slice.Length;
        if (start >= 0 && body.Slice(start, slice.Length).Equals(slice))
        {
            document.AddSlice(kind, start, slice.Length);
        }
        else
        {
            document.AddCopy(kind, slice.Span);
        }
    }
}
