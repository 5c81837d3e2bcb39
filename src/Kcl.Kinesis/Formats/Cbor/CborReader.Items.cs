using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kcl.Kinesis.Formats.Cbor;

// Heads, lengths and chunks of items.
internal ref partial struct CborReader
{
    private void SkipTags()
    {
        while (_position < _data.Length && _data[_position] >> 5 == (int)Major.Tag)
        {
            _ = ReadHead(out _, out _);
        }
    }

    private int ReadStart(Major expected, int bytesPerEntry, string what)
    {
        SkipTags();
        var start = _position;
        var value = ReadHead(out var major, out var indefinite);
        if (major != expected)
        {
            ThrowExpected(what, start);
        }

        if (indefinite)
        {
            return Indefinite;
        }

        // A count that exceeds the remaining bytes is rejected here, before a list of that size is created.
        if (value > (ulong)(_data.Length - _position) / (uint)bytesPerEntry)
        {
            ThrowTruncated();
        }

        return (int)value;
    }

    private ReadOnlyMemory<byte> ReadSlice(Major expected, string what)
    {
        SkipTags();
        var start = _position;
        var length = ReadHead(out var major, out var indefinite);
        if (major != expected)
        {
            ThrowExpected(what, start);
        }

        if (indefinite)
        {
            return ReadChunks(expected);
        }

        var slice = _memory.Slice(_position, CheckLength(length));
        _position += slice.Length;
        return slice;
    }

    private byte[] ReadChunks(Major expected)
    {
        // The chunks are read twice: first to measure them, so that the copy is exactly as large as the string, then to copy them.
        var first = _position;
        var total = 0;
        while (TryReadChunk(expected, out var chunk))
        {
            total += chunk.Length;
        }

        _position = first;
        var result = new byte[total];
        var written = 0;
        while (TryReadChunk(expected, out var chunk))
        {
            chunk.CopyTo(result.AsSpan(written));
            written += chunk.Length;
        }

        return result;
    }

    private bool TryReadChunk(Major expected, out ReadOnlySpan<byte> chunk)
    {
        chunk = default;
        var start = _position;
        if (Kind == CborKind.Break)
        {
            _position++;
            return false;
        }

        var length = ReadHead(out var major, out var indefinite);
        if (major != expected || indefinite)
        {
            ThrowExpected("a chunk of the string", start);
        }

        chunk = _data.Slice(_position, CheckLength(length));
        _position += chunk.Length;
        return true;
    }

    private void SkipString()
    {
        var length = ReadHead(out var major, out var indefinite);
        if (!indefinite)
        {
            _position += CheckLength(length);
            return;
        }

        while (TryReadChunk(major, out _))
        {
        }
    }

    private readonly int CheckLength(ulong length)
    {
        if (length > (ulong)(_data.Length - _position))
        {
            ThrowTruncated();
        }

        return (int)length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReadHead(out Major major, out bool indefinite)
    {
        if (_position >= _data.Length)
        {
            ThrowTruncated();
        }

        var first = _data[_position];
        major = (Major)(first >> 5);
        indefinite = false;
        var info = first & 31;
        if (info < 24)
        {
            _position++;
            return (ulong)info;
        }

        return ReadLongHead(major, info, out indefinite);
    }

    private ulong ReadLongHead(Major major, int info, out bool indefinite)
    {
        indefinite = info == 31;
        if (indefinite)
        {
            if (major is not (Major.Bytes or Major.Text or Major.Array or Major.Map))
            {
                ThrowExpected("an item", _position);
            }

            _position++;
            return 0;
        }

        if (info > 27)
        {
            throw new CborFormatException("CBOR: a reserved length", _position);
        }

        var size = 1 << (info - 24);
        var rest = _data[(_position + 1)..];
        if (rest.Length < size)
        {
            ThrowTruncated();
        }

        _position += 1 + size;
        return size switch
        {
            1 => rest[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(rest),
            4 => BinaryPrimitives.ReadUInt32BigEndian(rest),
            _ => BinaryPrimitives.ReadUInt64BigEndian(rest),
        };
    }

    [DoesNotReturn]
    private readonly void ThrowTruncated() =>
        throw new CborFormatException($"CBOR: the document of {_data.Length} bytes is cut off", _position);

    [DoesNotReturn]
    private readonly void ThrowExpected(string what, int position)
    {
        if (position >= _data.Length)
        {
            ThrowTruncated();
        }

        throw new CborFormatException($"CBOR: expected {what}, found 0x{_data[position]:X2}", position);
    }
}
