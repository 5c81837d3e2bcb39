using System.Text;
using System.Text.Json;
using Kcl.Kinesis.Formats.Cbor;
using Kcl.Kinesis.Formats.Json;

namespace Kcl.Kinesis.Formats;

/// <summary>
/// Reads one body in either format, forward. For any bytes, a read returns a value or throws a <see cref="FormatException"/> or a
/// <see cref="JsonException"/>.
/// </summary>
/// <remarks>Used for the small bodies of the control plane; records have special readers.</remarks>
internal ref struct WireReader
{
    private readonly bool _isJson;
    private CborReader _cbor;
    private Utf8JsonReader _json;
    private bool _tokenIsRead; // for JSON: the token of the next value has already been read

    /// <summary>Creates a reader at the start of a body.</summary>
    public WireReader(ReadOnlyMemory<byte> body, WireFormat format)
    {
        _isJson = format == WireFormat.Json;
        _cbor = _isJson ? default : new(body);
        _json = _isJson ? new(body.Span) : default;
    }

    /// <summary>Reads the start of a map.</summary>
    /// <returns>The state that <see cref="NextMember"/> needs.</returns>
    public int ReadMap()
    {
        if (!_isJson)
        {
            return _cbor.ReadMapStart();
        }

        Expect(JsonTokenType.StartObject);
        return 0;
    }

    /// <summary>Reads the start of an array.</summary>
    /// <returns>The state that <see cref="NextItem"/> needs.</returns>
    public int ReadArray()
    {
        if (!_isJson)
        {
            return _cbor.ReadArrayStart();
        }

        Expect(JsonTokenType.StartArray);
        return 0;
    }

    /// <summary>Moves to the next member of a map, or past the end of the map.</summary>
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

        name = _json.ValueIsEscaped ? Encoding.UTF8.GetBytes(_json.GetText()) : _json.ValueSpan;
        return true;
    }

    /// <summary>Moves to the next item of an array, or past the end of the array.</summary>
    public bool NextItem(ref int array)
    {
        if (!_isJson)
        {
            return _cbor.MoveNext(ref array);
        }

        Advance();
        _tokenIsRead = _json.TokenType != JsonTokenType.EndArray;
        return _tokenIsRead;
    }

    /// <summary>Reads null if it is the next value.</summary>
    /// <returns>True if it was null; otherwise, false.</returns>
    public bool TryReadNull()
    {
        if (!_isJson)
        {
            return _cbor.TryReadNull();
        }

        Advance();
        _tokenIsRead = _json.TokenType != JsonTokenType.Null;
        return !_tokenIsRead;
    }

    /// <summary>Reads a text.</summary>
    public string ReadText()
    {
        if (!_isJson)
        {
            return _cbor.ReadString();
        }

        Expect(JsonTokenType.String);
        return _json.GetText();
    }

    /// <summary>Reads a text or null.</summary>
    public string? ReadOptionalText() => TryReadNull() ? null : ReadText();

    /// <summary>Reads an integer.</summary>
    public long ReadInteger()
    {
        if (!_isJson)
        {
            return _cbor.ReadInt64();
        }

        Expect(JsonTokenType.Number);
        return _json.TryGetInt64(out var value)
            ? value
            : throw new JsonException($"A number of the body is not an integer of 64 bits (byte {_json.TokenStartIndex}).");
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

    /// <summary>Reads a timestamp, in either unit.</summary>
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
        return _json.TryGetBytesFromBase64(out var value)
            ? value
            : throw new JsonException($"A blob of the body is not base64 (byte {_json.TokenStartIndex}).");
    }

    /// <summary>Skips the next value with everything in it.</summary>
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
        if (_tokenIsRead)
        {
            _tokenIsRead = false;
        }
        else if (!_json.Read())
        {
            throw new JsonException("The body ends early.");
        }
    }

    private readonly JsonException Unexpected(string expected, JsonTokenType found) =>
        new($"The body has {found} where {expected} belongs (byte {_json.TokenStartIndex}).");
}
