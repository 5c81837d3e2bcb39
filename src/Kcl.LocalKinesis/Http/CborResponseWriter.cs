using System.Buffers;
using Kcl.Kinesis.Formats.Cbor;

namespace Kcl.LocalKinesis.Http;

/// <summary>Writes a response as CBOR.</summary>
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

    public override void WriteText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8)
    {
        var cbor = Begin(name);
        cbor.WriteText(utf8);
        cbor.Flush();
    }

    public override void WriteText(ReadOnlySpan<byte> name, string value)
    {
        var cbor = Begin(name);
        cbor.WriteText(value);
        cbor.Flush();
    }

    public override void WriteInteger(ReadOnlySpan<byte> name, long value)
    {
        var cbor = Begin(name);
        cbor.WriteInteger(value);
        cbor.Flush();
    }

    public override void WriteBoolean(ReadOnlySpan<byte> name, bool value)
    {
        var cbor = Begin(name);
        cbor.WriteBoolean(value);
        cbor.Flush();
    }

    public override void WriteTimestamp(ReadOnlySpan<byte> name, long epochMilliseconds)
    {
        var cbor = Begin(name);
        cbor.WriteEpochMilliseconds(epochMilliseconds);
        cbor.Flush();
    }

    public override void WritePayload(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        var cbor = Begin(name);
        cbor.WriteBytes(bytes);
        cbor.Flush();
    }

    public override void Flush()
    {
        // Each member is flushed when it is written.
    }

    public override void Dispose()
    {
        // The writer owns nothing.
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
