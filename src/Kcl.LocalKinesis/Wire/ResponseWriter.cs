using System.Buffers;
using System.Text.Json;
using Kcl.Kinesis.Cbor;

namespace Kcl.LocalKinesis.Wire;

/// <summary>Writes an answer, in whichever encoding was asked for. A name is given for a member of a structure and left empty for an item of a list.</summary>
internal abstract class ResponseWriter : IDisposable
{
    public abstract void StartObject(ReadOnlySpan<byte> name = default);

    public abstract void EndObject();

    public abstract void StartArray(ReadOnlySpan<byte> name);

    public abstract void EndArray();

    public abstract void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8);

    public abstract void Text(ReadOnlySpan<byte> name, string value);

    public abstract void Integer(ReadOnlySpan<byte> name, long value);

    public abstract void Boolean(ReadOnlySpan<byte> name, bool value);

    public abstract void Timestamp(ReadOnlySpan<byte> name, long epochMilliseconds);

    public abstract void Payload(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes);

    /// <summary>Tells the output of everything written.</summary>
    public abstract void Flush();

    public abstract void Dispose();

    /// <summary>Writes a hash key, which travels as decimal text.</summary>
    public void HashKey(ReadOnlySpan<byte> name, UInt128 value)
    {
        Span<byte> digits = stackalloc byte[39];
        _ = value.TryFormat(digits, out var length);
        Text(name, digits[..length]);
    }

    /// <summary>Begins an answer of the given encoding.</summary>
    public static ResponseWriter Create(IBufferWriter<byte> output, bool cbor) => cbor ? new CborResponseWriter(output) : new JsonResponseWriter(output);
}

internal sealed class JsonResponseWriter(IBufferWriter<byte> output) : ResponseWriter
{
    // Nothing here is ever shown by a browser, so only what JSON itself needs is escaped.
    private readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public override void StartObject(ReadOnlySpan<byte> name = default)
    {
        Name(name);
        _json.WriteStartObject();
    }

    public override void EndObject() => _json.WriteEndObject();

    public override void StartArray(ReadOnlySpan<byte> name)
    {
        Name(name);
        _json.WriteStartArray();
    }

    public override void EndArray() => _json.WriteEndArray();

    public override void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8)
    {
        Name(name);
        _json.WriteStringValue(utf8);
    }

    public override void Text(ReadOnlySpan<byte> name, string value)
    {
        Name(name);
        _json.WriteStringValue(value);
    }

    public override void Integer(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        _json.WriteNumberValue(value);
    }

    public override void Boolean(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        _json.WriteBooleanValue(value);
    }

    public override void Timestamp(ReadOnlySpan<byte> name, long epochMilliseconds)
    {
        Name(name);
        _json.WriteNumberValue(epochMilliseconds / 1000m);
    }

    public override void Payload(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        Name(name);
        _json.WriteBase64StringValue(bytes);
    }

    public override void Flush() => _json.Flush();

    public override void Dispose() => _json.Dispose();

    private void Name(ReadOnlySpan<byte> name)
    {
        if (name.Length > 0)
        {
            _json.WritePropertyName(name);
        }
    }
}

internal sealed class CborResponseWriter(IBufferWriter<byte> output) : ResponseWriter
{
    public override void StartObject(ReadOnlySpan<byte> name = default)
    {
        var cbor = Begin(name);
        cbor.StartMap();
        cbor.Flush();
    }

    public override void EndObject() => End();

    public override void StartArray(ReadOnlySpan<byte> name)
    {
        var cbor = Begin(name);
        cbor.StartArray();
        cbor.Flush();
    }

    public override void EndArray() => End();

    public override void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8)
    {
        var cbor = Begin(name);
        cbor.WriteText(utf8);
        cbor.Flush();
    }

    public override void Text(ReadOnlySpan<byte> name, string value)
    {
        var cbor = Begin(name);
        cbor.WriteText(value);
        cbor.Flush();
    }

    public override void Integer(ReadOnlySpan<byte> name, long value)
    {
        var cbor = Begin(name);
        cbor.WriteInteger(value);
        cbor.Flush();
    }

    public override void Boolean(ReadOnlySpan<byte> name, bool value)
    {
        var cbor = Begin(name);
        cbor.WriteBoolean(value);
        cbor.Flush();
    }

    public override void Timestamp(ReadOnlySpan<byte> name, long epochMilliseconds)
    {
        var cbor = Begin(name);
        cbor.WriteEpochMilliseconds(epochMilliseconds);
        cbor.Flush();
    }

    public override void Payload(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        var cbor = Begin(name);
        cbor.WriteBytes(bytes);
        cbor.Flush();
    }

    public override void Flush()
    {
        // Every member above was flushed as it was written.
    }

    public override void Dispose()
    {
        // There is nothing to give back.
    }

    private CborWriter Begin(ReadOnlySpan<byte> name)
    {
        var cbor = new CborWriter(output);
        if (name.Length > 0)
        {
            cbor.WriteText(name);
        }

        return cbor;
    }

    private void End()
    {
        var cbor = new CborWriter(output);
        cbor.End();
        cbor.Flush();
    }
}
