using System.Buffers;
using Kcl.Kinesis.Formats.Cbor;

namespace Kcl.Kinesis.Formats;

/// <summary>Writes a body in CBOR.</summary>
internal sealed class CborWireWriter(ArrayBufferWriter<byte> output) : WireWriter(output)
{
    private readonly ArrayBufferWriter<byte> _output = output;

    /// <inheritdoc />
    public override void StartMap()
    {
        var writer = new CborWriter(_output);
        writer.StartMap();
        writer.Flush();
    }

    /// <inheritdoc />
    public override void EndMap() => End();

    /// <inheritdoc />
    public override void StartArray()
    {
        var writer = new CborWriter(_output);
        writer.StartArray();
        writer.Flush();
    }

    /// <inheritdoc />
    public override void EndArray() => End();

    /// <inheritdoc />
    public override void WriteName(ReadOnlySpan<byte> name) => WriteText(name);

    /// <inheritdoc />
    public override void WriteText(ReadOnlySpan<char> value)
    {
        var writer = new CborWriter(_output);
        writer.WriteText(value);
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteText(ReadOnlySpan<byte> utf8)
    {
        var writer = new CborWriter(_output);
        writer.WriteText(utf8);
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteInteger(long value)
    {
        var writer = new CborWriter(_output);
        writer.WriteInteger(value);
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteBoolean(bool value)
    {
        var writer = new CborWriter(_output);
        writer.WriteBoolean(value);
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteNull()
    {
        var writer = new CborWriter(_output);
        writer.WriteNull();
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteInstant(long milliseconds)
    {
        var writer = new CborWriter(_output);
        writer.WriteEpochMilliseconds(milliseconds);
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteBytes(ReadOnlySpan<byte> value)
    {
        var writer = new CborWriter(_output);
        writer.WriteBytes(value);
        writer.Flush();
    }

    /// <summary>Does nothing: every value is flushed when it is written.</summary>
    protected override void Flush()
    {
    }

    private void End()
    {
        var writer = new CborWriter(_output);
        writer.End();
        writer.Flush();
    }
}
