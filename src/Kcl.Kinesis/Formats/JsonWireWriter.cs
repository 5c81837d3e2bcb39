using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kcl.Kinesis.Formats;

/// <summary>Writes a body in JSON.</summary>
#pragma warning disable CA1001 // A Utf8JsonWriter over a buffer holds nothing to dispose.
internal sealed class JsonWireWriter : WireWriter
#pragma warning restore CA1001
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly ArrayBufferWriter<byte> _output;
    private readonly Utf8JsonWriter _json;

    /// <param name="capacity">The expected size of the body, in bytes.</param>
    public JsonWireWriter(int capacity)
    {
        _output = new(capacity);
        _json = new(_output, Options);
    }

    /// <inheritdoc />
    public override void StartMap() => _json.WriteStartObject();

    /// <inheritdoc />
    public override void EndMap() => _json.WriteEndObject();

    /// <inheritdoc />
    public override void StartArray() => _json.WriteStartArray();

    /// <inheritdoc />
    public override void EndArray() => _json.WriteEndArray();

    /// <inheritdoc />
    public override void WriteName(ReadOnlySpan<byte> name) => _json.WritePropertyName(name);

    /// <inheritdoc />
    public override void WriteText(ReadOnlySpan<char> value) => _json.WriteStringValue(value);

    /// <inheritdoc />
    public override void WriteText(ReadOnlySpan<byte> utf8) => _json.WriteStringValue(utf8);

    /// <inheritdoc />
    public override void WriteInteger(long value) => _json.WriteNumberValue(value);

    /// <inheritdoc />
    public override void WriteBoolean(bool value) => _json.WriteBooleanValue(value);

    /// <inheritdoc />
    public override void WriteNull() => _json.WriteNullValue();

    /// <inheritdoc />
    public override void WriteInstant(long milliseconds) => _json.WriteNumberValue(milliseconds / 1000m);

    /// <inheritdoc />
    public override void WriteBytes(ReadOnlySpan<byte> value) => _json.WriteBase64StringValue(value);

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> Finish()
    {
        _json.Flush();
        return _output.WrittenMemory;
    }
}
