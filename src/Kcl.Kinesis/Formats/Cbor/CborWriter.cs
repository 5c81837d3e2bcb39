using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Kcl.Kinesis.Formats.Cbor;

/// <summary>Writes CBOR (RFC 8949), with integers and lengths in their shortest form. Call <see cref="Flush"/> last.</summary>
/// <remarks>
/// Nesting is not checked: the caller must end each map or array of unknown length, and must write as many entries as it specified.
/// </remarks>
internal ref struct CborWriter(IBufferWriter<byte> output)
{
    private const int MaxHead = 9;
    private const int MaxPieceOfText = 1024;
    private Span<byte> _span = [];
    private int _written;

    /// <summary>Starts a map of unknown length, as the AWS SDKs do.</summary>
    public void StartMap() => WriteByte(0xBF);

    /// <summary>Starts a map of a known number of entries.</summary>
    public void StartMap(int count) => WriteHead(5, (ulong)count);

    /// <summary>Starts an array of unknown length, as the AWS SDKs do.</summary>
    public void StartArray() => WriteByte(0x9F);

    /// <summary>Starts an array of a known number of items.</summary>
    public void StartArray(int count) => WriteHead(4, (ulong)count);

    /// <summary>Ends the map or array of unknown length.</summary>
    public void End() => WriteByte(0xFF);

    /// <summary>Writes an integer.</summary>
    public void WriteInteger(long value)
    {
        if (value >= 0)
        {
            WriteHead(0, (ulong)value);
        }
        else
        {
            WriteHead(1, (ulong)(-1 - value));
        }
    }

    /// <summary>Writes a timestamp as the service does: tag 1 and milliseconds (RFC 8949 has seconds).</summary>
    public void WriteEpochMilliseconds(long milliseconds)
    {
        WriteByte(0xC1);
        WriteInteger(milliseconds);
    }

    /// <summary>Writes true or false.</summary>
    public void WriteBoolean(bool value) => WriteByte(value ? (byte)0xF5 : (byte)0xF4);

    /// <summary>Writes null.</summary>
    public void WriteNull() => WriteByte(0xF6);

    /// <summary>Writes a byte string.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> value)
    {
        StartBytes(value.Length);
        WriteRaw(value);
    }

    /// <summary>Starts a byte string of a known length, whose bytes follow with <see cref="WriteRaw"/>.</summary>
    public void StartBytes(int length) => WriteHead(2, (ulong)length);

    /// <summary>Writes a text string that is already UTF-8.</summary>
    public void WriteText(scoped ReadOnlySpan<byte> utf8)
    {
        WriteHead(3, (ulong)utf8.Length);
        WriteRaw(utf8);
    }

    /// <summary>Writes a text string.</summary>
    public void WriteText(scoped ReadOnlySpan<char> text)
    {
        WriteHead(3, (ulong)Encoding.UTF8.GetByteCount(text));
        while (text.Length > 0)
        {
            var piece = text[..Math.Min(text.Length, MaxPieceOfText)];
            if (piece.Length < text.Length && char.IsHighSurrogate(piece[^1]))
            {
                piece = piece[..^1];
            }

            Ensure(3 * piece.Length);
            _written += Encoding.UTF8.GetBytes(piece, _span[_written..]);
            text = text[piece.Length..];
        }
    }

    /// <summary>Writes a decimal as a text string, as the service writes hash keys.</summary>
    public void WriteText(UInt128 value)
    {
        Span<byte> digits = stackalloc byte[39];
        _ = value.TryFormat(digits, out var length);
        WriteText(digits[..length]);
    }

    /// <summary>Writes bytes without changes.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            Ensure(1);
            var room = Math.Min(bytes.Length, _span.Length - _written);
            bytes[..room].CopyTo(_span[_written..]);
            _written += room;
            bytes = bytes[room..];
        }
    }

    /// <summary>Passes everything that was written to the output.</summary>
    public void Flush()
    {
        if (_written > 0)
        {
            output.Advance(_written);
        }

        _span = [];
        _written = 0;
    }

    private void WriteByte(byte value)
    {
        Ensure(1);
        _span[_written++] = value;
    }

    private void WriteHead(int major, ulong value)
    {
        Ensure(MaxHead);
        var span = _span[_written..];
        var first = (byte)(major << 5);
        switch (value)
        {
            case < 24:
                span[0] = (byte)(first | (byte)value);
                _written += 1;
                break;
            case <= byte.MaxValue:
                span[0] = (byte)(first | 24);
                span[1] = (byte)value;
                _written += 2;
                break;
            case <= ushort.MaxValue:
                span[0] = (byte)(first | 25);
                BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)value);
                _written += 3;
                break;
            case <= uint.MaxValue:
                span[0] = (byte)(first | 26);
                BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)value);
                _written += 5;
                break;
            default:
                span[0] = (byte)(first | 27);
                BinaryPrimitives.WriteUInt64BigEndian(span[1..], value);
                _written += MaxHead;
                break;
        }
    }

    private void Ensure(int size)
    {
        if (_span.Length - _written < size)
        {
            Flush();
            _span = output.GetSpan(size);
        }
    }
}
