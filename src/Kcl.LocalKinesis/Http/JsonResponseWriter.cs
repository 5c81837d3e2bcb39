using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kcl.LocalKinesis.Http;

/// <summary>Writes a response as JSON.</summary>
internal sealed class JsonResponseWriter(IBufferWriter<byte> output) : ResponseWriter
{
    // No browser displays the text, so only the characters that JSON requires are escaped.
    private static readonly JsonWriterOptions Options = new()
    {
        SkipValidation = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Utf8JsonWriter _json = new(output, Options);

    public override void StartObject(ReadOnlySpan<byte> name = default)
    {
        WriteName(name);
        _json.WriteStartObject();
    }

    public override void EndObject() => _json.WriteEndObject();

    public override void StartArray(ReadOnlySpan<byte> name)
    {
        WriteName(name);
        _json.WriteStartArray();
    }

    public override void EndArray() => _json.WriteEndArray();

    public override void WriteText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8)
    {
        WriteName(name);
        _json.WriteStringValue(utf8);
    }

    public override void WriteText(ReadOnlySpan<byte> name, string value)
    {
        WriteName(name);
        _json.WriteStringValue(value);
    }

    public override void WriteInteger(ReadOnlySpan<byte> name, long value)
    {
        WriteName(name);
        _json.WriteNumberValue(value);
    }

    public override void WriteBoolean(ReadOnlySpan<byte> name, bool value)
    {
        WriteName(name);
        _json.WriteBooleanValue(value);
    }

    public override void WriteTimestamp(ReadOnlySpan<byte> name, long epochMilliseconds)
    {
        WriteName(name);
        _json.WriteNumberValue(epochMilliseconds / 1000m);
    }

    public override void WritePayload(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        WriteName(name);
        _json.WriteBase64StringValue(bytes);
    }

    public override void Flush() => _json.Flush();

    public override void Dispose() => _json.Dispose();

    private void WriteName(ReadOnlySpan<byte> name)
    {
        if (name.Length > 0)
        {
            _json.WritePropertyName(name);
        }
    }
}
