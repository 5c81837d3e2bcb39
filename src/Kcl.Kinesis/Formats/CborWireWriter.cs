using System.Buffers;
using Kcl.Kinesis.Formats.Cbor;

namespace Kcl.Kinesis.Formats;

/// <summary>Writes a body in CBOR.</summary>
/// <remarks>
/// The writer is also the buffer, so that a body needs only one object in addition to its bytes. A <see cref="CborWriter"/> cannot be
/// stored in a field; each method creates one on the stack and flushes it, which only adds to the length.
/// </remarks>
/// <param name="capacity">The expected size of the body, in bytes.</param>
internal sealed class CborWireWriter(int capacity) : WireWriter, IBufferWriter<byte>
{
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(capacity, 16));
    private int _length;

    /// <inheritdoc />
    public override void StartMap()
    {
        var writer = new CborWriter(this);
        writer.StartMap();
        writer.Flush();
    }

    /// <inheritdoc />
    public override void EndMap() => End();

    /// <inheritdoc />
    public override void StartArray()
    {
        var writer = new CborWriter(this);
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
        var writer = new CborWriter(this);
        writer.WriteText(value);
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteText(ReadOnlySpan<byte> utf8)
    {
        var writer = new CborWriter(this);
        writer.WriteText(utf8);
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteInteger(long value)
    {
        var writer = new CborWriter(this);
        writer.WriteInteger(value);
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteBoolean(bool value)
    {
        var writer = new CborWriter(this);
        writer.WriteBoolean(value);
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteNull()
    {
        var writer = new CborWriter(this);
        writer.WriteNull();
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteInstant(long milliseconds)
    {
        var writer = new CborWriter(this);
        writer.WriteEpochMilliseconds(milliseconds);
        writer.Flush();
    }

    /// <inheritdoc />
    public override void WriteBytes(ReadOnlySpan<byte> value)
    {
        var writer = new CborWriter(this);
        writer.WriteBytes(value);
        writer.Flush();
    }

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> Finish() => _buffer.AsMemory(0, _length);

    /// <inheritdoc />
    public void Advance(int count) => _length += count;

    /// <inheritdoc />
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_length);
    }

    /// <inheritdoc />
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_length);
    }

    private void Reserve(int size)
    {
        if (_buffer.Length - _length < Math.Max(size, 1))
        {
            var larger = GC.AllocateUninitializedArray<byte>(checked(Math.Max(2 * _buffer.Length, _length + size)));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            _buffer = larger;
        }
    }

    private void End()
    {
        var writer = new CborWriter(this);
        writer.End();
        writer.Flush();
    }
}
