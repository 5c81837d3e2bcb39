using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kcl.Kinesis.Cbor;

namespace Kcl.Kinesis.Wire;

/// <summary>Writes one body in either format, as the AWS SDKs write it: blobs as bytes or base64, instants as milliseconds or seconds. Call <see cref="Flush"/> last.</summary>
internal ref struct WireWriter
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Utf8JsonWriter? _json;
    private CborWriter _cbor;

    /// <summary>Starts a body.</summary>
    public WireWriter(IBufferWriter<byte> output, WireFormat format)
    {
        _cbor = new(output);
        _json = format == WireFormat.Json ? new(output, JsonOptions) : null;
    }

    /// <summary>Starts a map.</summary>
    public void StartMap()
    {
        if (_json is null)
        {
            _cbor.StartMap();
        }
        else
        {
            _json.WriteStartObject();
        }
    }

    /// <summary>Ends a map.</summary>
    public void EndMap()
    {
        if (_json is null)
        {
            _cbor.End();
        }
        else
        {
            _json.WriteEndObject();
        }
    }

    /// <summary>Starts an array.</summary>
    public void StartArray()
    {
        if (_json is null)
        {
            _cbor.StartArray();
        }
        else
        {
            _json.WriteStartArray();
        }
    }

    /// <summary>Ends an array.</summary>
    public void EndArray()
    {
        if (_json is null)
        {
            _cbor.End();
        }
        else
        {
            _json.WriteEndArray();
        }
    }

    /// <summary>Names the value that follows.</summary>
    public void Name(scoped ReadOnlySpan<byte> name)
    {
        if (_json is null)
        {
            _cbor.WriteText(name);
        }
        else
        {
            _json.WritePropertyName(name);
        }
    }

    /// <summary>Writes a text.</summary>
    public void Text(scoped ReadOnlySpan<char> value)
    {
        if (_json is null)
        {
            _cbor.WriteText(value);
        }
        else
        {
            _json.WriteStringValue(value);
        }
    }

    /// <summary>Writes a text that is UTF-8 already.</summary>
    public void Text(scoped ReadOnlySpan<byte> utf8)
    {
        if (_json is null)
        {
            _cbor.WriteText(utf8);
        }
        else
        {
            _json.WriteStringValue(utf8);
        }
    }

    /// <summary>Writes a hash key, which travels as a decimal in a text.</summary>
    public void Text(UInt128 value)
    {
        Span<byte> digits = stackalloc byte[39];
        _ = value.TryFormat(digits, out var length);
        Text(digits[..length]);
    }

    /// <summary>Writes an integer.</summary>
    public void Integer(long value)
    {
        if (_json is null)
        {
            _cbor.WriteInteger(value);
        }
        else
        {
            _json.WriteNumberValue(value);
        }
    }

    /// <summary>Writes true or false.</summary>
    public void Boolean(bool value)
    {
        if (_json is null)
        {
            _cbor.WriteBoolean(value);
        }
        else
        {
            _json.WriteBooleanValue(value);
        }
    }

    /// <summary>Writes null.</summary>
    public void Null()
    {
        if (_json is null)
        {
            _cbor.WriteNull();
        }
        else
        {
            _json.WriteNullValue();
        }
    }

    /// <summary>Writes an instant.</summary>
    public void Instant(long milliseconds)
    {
        if (_json is null)
        {
            _cbor.WriteEpochMilliseconds(milliseconds);
        }
        else
        {
            _json.WriteNumberValue(milliseconds / 1000m);
        }
    }

    /// <summary>Writes a blob.</summary>
    public void Bytes(scoped ReadOnlySpan<byte> value)
    {
        if (_json is null)
        {
            _cbor.WriteBytes(value);
        }
        else
        {
            _json.WriteBase64StringValue(value);
        }
    }

    /// <summary>Tells the output of everything written.</summary>
    public void Flush()
    {
        if (_json is null)
        {
            _cbor.Flush();
        }
        else
        {
            _json.Dispose();
        }
    }
}
