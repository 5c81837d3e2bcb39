using System.Text;
using System.Text.Json;
using Kcl.Kinesis.Cbor;

namespace Kcl.Kinesis.Wire;

/// <summary>Reads one body in either format, forward. Whatever the bytes are, a read ends with a value or a <see cref="FormatException"/> or <see cref="JsonException"/>.</summary>
/// <remarks>Made for the small bodies of the control plane; records have readers of their own.</remarks>
internal ref struct WireReader
{
    private readonly bool _isJson;
    private CborReader _cbor;
    private Utf8JsonReader _json;
    private bool _hasToken; // JSON: the token of the next value was read already

    /// <summary>Starts at the front of a body.</summary>
    public WireReader(ReadOnlyMemory<byte> body, WireFormat format)
    {
        _isJson = format == WireFormat.Json;
        _cbor = _isJson ? default : new(body);
        _json = _isJson ? new(body.Span) : default;
    }

    /// <summary>The text or name a JSON reader stands on.</summary>
    /// <exception cref="JsonException">It is not UTF-8, or has half a surrogate pair.</exception>
    public static string Text(ref Utf8JsonReader reader)
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

    /// <summary>Enters a map.</summary>
    /// <returns>What <see cref="NextMember"/> needs.</returns>
    public int ReadMap()
    {
        if (!_isJson)
        {
            return _cbor.ReadMapStart();
        }

        Expect(JsonTokenType.StartObject);
        return 0;
    }

    /// <summary>Enters an array.</summary>
    /// <returns>What <see cref="NextItem"/> needs.</returns>
    public int ReadArray()
    {
        if (!_isJson)
        {
            return _cbor.ReadArrayStart();
        }

        Expect(JsonTokenType.StartArray);
        return 0;
    }

    /// <summary>Goes to the map's next member; leaves the map if there is none.</summary>
    public bool NextMember(ref int map, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!_isJson)
        {
            var any = _cbor.MoveNext(ref map);
            name = any ? _cbor.ReadTextSpan() : default;
            return any;
        }

        Advance();
        if (_json.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        name = _json.ValueIsEscaped ? Encoding.UTF8.GetBytes(Text(ref _json)) : _json.ValueSpan;
        return true;
    }

    /// <summary>Goes to the array's next item; leaves the array if there is none.</summary>
    public bool NextItem(ref int array)
    {
        if (!_isJson)
        {
            return _cbor.MoveNext(ref array);
        }

        Advance();
        _hasToken = _json.TokenType != JsonTokenType.EndArray;
        return _hasToken;
    }

    /// <summary>Reads null if that is the next value.</summary>
    /// <returns>Whether it was.</returns>
    public bool TryReadNull()
    {
        if (!_isJson)
        {
            return _cbor.TryReadNull();
        }

        Advance();
        _hasToken = _json.TokenType != JsonTokenType.Null;
        return !_hasToken;
    }

    /// <summary>Reads a text.</summary>
    public string ReadText()
    {
        if (!_isJson)
        {
            return _cbor.ReadString();
        }

        Expect(JsonTokenType.String);
        return Text(ref _json);
    }

    /// <summary>Reads a text, or nothing where it is null.</summary>
    public string? ReadOptionalText() => TryReadNull() ? null : ReadText();

    /// <summary>Reads an integer.</summary>
    public long ReadInteger()
    {
        if (!_isJson)
        {
            return _cbor.ReadInt64();
        }

        Expect(JsonTokenType.Number);
        return _json.TryGetInt64(out var value) ? value : throw new JsonException($"A number of the body is not an integer of 64 bits (byte {_json.TokenStartIndex}).");
    }

    /// <summary>Reads true or false.</summary>
    public bool ReadBoolean()
    {
        if (!_isJson)
        {
            return _cbor.ReadBoolean();
        }

        Advance();
        return _json.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            var other => throw Unexpected("true or false", other),
        };
    }

    /// <summary>Reads an instant, in either unit.</summary>
    /// <returns>Milliseconds since the Unix epoch.</returns>
    public long ReadInstant()
    {
        if (!_isJson)
        {
            return _cbor.ReadEpochMilliseconds();
        }

        Expect(JsonTokenType.Number);
        return JsonInstant.Read(ref _json);
    }

    /// <summary>Reads a blob.</summary>
    public ReadOnlyMemory<byte> ReadBytes()
    {
        if (!_isJson)
        {
            return _cbor.ReadBytes();
        }

        Expect(JsonTokenType.String);
        return _json.TryGetBytesFromBase64(out var value) ? value : throw new JsonException($"A blob of the body is not base64 (byte {_json.TokenStartIndex}).");
    }

    /// <summary>Steps over the next value with everything in it.</summary>
    public void Skip()
    {
        if (!_isJson)
        {
            _cbor.Skip();
            return;
        }

        Advance();
        _json.Skip();
    }

    private void Expect(JsonTokenType expected)
    {
        Advance();
        if (_json.TokenType != expected)
        {
            throw Unexpected(expected.ToString(), _json.TokenType);
        }
    }

    private void Advance()
    {
        if (_hasToken)
        {
            _hasToken = false;
        }
        else if (!_json.Read())
        {
            throw new JsonException("The body ends early.");
        }
    }

    private readonly JsonException Unexpected(string expected, JsonTokenType found) => new($"The body has {found} where {expected} belongs (byte {_json.TokenStartIndex}).");
}
