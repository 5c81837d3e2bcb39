using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Kcl.Kinesis.Cbor;

/// <summary>Reads CBOR (RFC 8949) forward over one contiguous buffer. Strings in one piece are slices of it; nothing else is allocated but strings in chunks.</summary>
/// <remarks>
/// Maps and arrays are walked with <see cref="ReadMapStart"/> or <see cref="ReadArrayStart"/> and <see cref="MoveNext"/>, whether their length is known or not.
/// Tags are stepped over by every method that reads a value. Whatever the bytes are, a read ends with a value or a <see cref="CborFormatException"/>.
/// </remarks>
internal ref struct CborReader
{
    /// <summary>The nesting <see cref="Skip()"/> accepts.</summary>
    public const int MaxDepth = 64;

    private const int Indefinite = -1;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _data;
    private int _position;

    /// <summary>Starts at the front of a document.</summary>
    public CborReader(ReadOnlyMemory<byte> document)
    {
        _memory = document;
        _data = document.Span;
    }

    private enum Major
    {
        Unsigned = 0,
        Negative = 1,
        Bytes = 2,
        Text = 3,
        Array = 4,
        Map = 5,
        Tag = 6,
        Simple = 7,
    }

    /// <summary>How many bytes were read.</summary>
    public readonly int Position => _position;

    /// <summary>What comes next, without reading it.</summary>
    public readonly CborKind Kind
    {
        get
        {
            if (_position >= _data.Length)
            {
                return CborKind.End;
            }

            var first = _data[_position];
            return (Major)(first >> 5) switch
            {
                Major.Unsigned or Major.Negative => CborKind.Integer,
                Major.Bytes => CborKind.Bytes,
                Major.Text => CborKind.Text,
                Major.Array => CborKind.Array,
                Major.Map => CborKind.Map,
                Major.Tag => CborKind.Tag,
                _ => (first & 31) switch
                {
                    20 or 21 => CborKind.Boolean,
                    22 or 23 => CborKind.Null,
                    25 or 26 or 27 => CborKind.Float,
                    31 => CborKind.Break,
                    _ => CborKind.Simple,
                },
            };
        }
    }

    /// <summary>Enters a map.</summary>
    /// <returns>What <see cref="MoveNext"/> counts down: the number of entries, or a negative number if it isn't known.</returns>
    public int ReadMapStart() => ReadStart(Major.Map, 2, "a map");

    /// <summary>Enters an array.</summary>
    /// <returns>What <see cref="MoveNext"/> counts down: the number of items, or a negative number if it isn't known.</returns>
    public int ReadArrayStart() => ReadStart(Major.Array, 1, "an array");

    /// <summary>Whether the map or array has another entry; leaves it if not.</summary>
    /// <param name="remaining">What the start returned.</param>
    public bool MoveNext(ref int remaining)
    {
        if (remaining >= 0)
        {
            return remaining-- > 0;
        }

        if (_position >= _data.Length)
        {
            ThrowTruncated();
        }

        if (_data[_position] != 0xFF)
        {
            return true;
        }

        _position++;
        return false;
    }

    /// <summary>Reads a byte string.</summary>
    /// <returns>A slice of the document; a copy only if the string came in chunks.</returns>
    public ReadOnlyMemory<byte> ReadBytes() => ReadSlice(Major.Bytes, "a byte string");

    /// <summary>Reads a text string as UTF-8, which is not checked.</summary>
    /// <returns>A slice of the document; a copy only if the string came in chunks.</returns>
    public ReadOnlyMemory<byte> ReadText() => ReadSlice(Major.Text, "a text string");

    /// <summary>Reads a text string as UTF-8, which is not checked.</summary>
    public ReadOnlySpan<byte> ReadTextSpan()
    {
        // The names of members nearly always come in one short piece.
        if (_position < _data.Length && _data[_position] is >= 0x60 and < 0x78 and var first)
        {
            var length = first - 0x60;
            var start = _position + 1;
            if (length <= _data.Length - start)
            {
                _position = start + length;
                return _data.Slice(start, length);
            }
        }

        return ReadText().Span;
    }

    /// <summary>Reads a text string; bytes that aren't UTF-8 become replacement characters.</summary>
    public string ReadString() => Encoding.UTF8.GetString(ReadTextSpan());

    /// <summary>Reads an integer that fits into 64 bits.</summary>
    public long ReadInt64()
    {
        SkipTags();
        var start = _position;
        var value = ReadHead(out var major, out var indefinite);
        if (major is not (Major.Unsigned or Major.Negative) || indefinite)
        {
            ThrowExpected("an integer", start);
        }

        if (value > long.MaxValue)
        {
            throw new CborFormatException("CBOR: an integer of more than 64 bits", start);
        }

        return major == Major.Unsigned ? (long)value : -1 - (long)value;
    }

    /// <summary>Reads an integer that fits into 32 bits.</summary>
    public int ReadInt32()
    {
        var start = _position;
        var value = ReadInt64();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw new CborFormatException($"CBOR: {value} does not fit into 32 bits", start);
    }

    /// <summary>Reads a number, integer or floating-point.</summary>
    public double ReadDouble()
    {
        SkipTags();
        var start = _position;
        switch (Kind)
        {
            case CborKind.Float:
                var bits = ReadHead(out _, out _);
                return (_data[start] & 31) switch
                {
                    25 => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
                    26 => BitConverter.UInt32BitsToSingle((uint)bits),
                    _ => BitConverter.UInt64BitsToDouble(bits),
                };
            case CborKind.Integer:
                var value = ReadHead(out var major, out _);
                return major == Major.Unsigned ? value : -1.0 - value;
            default:
                ThrowExpected("a number", start);
                return 0;
        }
    }

    /// <summary>Reads true or false.</summary>
    public bool ReadBoolean()
    {
        SkipTags();
        if (Kind != CborKind.Boolean)
        {
            ThrowExpected("true or false", _position);
        }

        return _data[_position++] == 0xF5;
    }

    /// <summary>Reads null or undefined if that is what comes next.</summary>
    /// <returns>Whether it was.</returns>
    public bool TryReadNull()
    {
        if (_position < _data.Length && _data[_position] < 0xC0)
        {
            return false;
        }

        SkipTags();
        if (Kind != CborKind.Null)
        {
            return false;
        }

        _position++;
        return true;
    }

    /// <summary>
    /// Reads an instant the way every known server writes one: tagged or not, as an integer of milliseconds or a floating-point number of seconds.
    /// Anything beyond 1e11 can only be milliseconds: as seconds it would lie in the year 5138.
    /// </summary>
    /// <returns>Milliseconds since the Unix epoch.</returns>
    public long ReadEpochMilliseconds()
    {
        SkipTags();
        if (Kind == CborKind.Integer)
        {
            var start = _position;
            return Epoch.ToMilliseconds(ReadInt64(), out var milliseconds) ? milliseconds : throw new CborFormatException("CBOR: an instant out of range", start);
        }

        var position = _position;
        return Epoch.ToMilliseconds(ReadDouble(), out var result) ? result : throw new CborFormatException("CBOR: an instant out of range", position);
    }

    /// <summary>Steps over one item with everything in it.</summary>
    public void Skip() => Skip(MaxDepth);

    private void Skip(int depth)
    {
        if (depth == 0)
        {
            throw new CborFormatException($"CBOR: nested deeper than {MaxDepth}", _position);
        }

        SkipTags();
        var start = _position;
        switch (Kind)
        {
            case CborKind.Map:
                for (var remaining = ReadMapStart(); MoveNext(ref remaining);)
                {
                    Skip(depth - 1);
                    Skip(depth - 1);
                }

                break;
            case CborKind.Array:
                for (var remaining = ReadArrayStart(); MoveNext(ref remaining);)
                {
                    Skip(depth - 1);
                }

                break;
            case CborKind.Bytes or CborKind.Text:
                SkipString();
                break;
            case CborKind.End:
                ThrowTruncated();
                break;
            case CborKind.Break:
                ThrowExpected("an item", start);
                break;
            default:
                _ = ReadHead(out _, out _);
                break;
        }
    }

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

        // A count that the bytes left cannot hold is refused here, so that nobody sizes a list by it.
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

        var slice = _memory.Slice(_position, Checked(length));
        _position += slice.Length;
        return slice;
    }

    private byte[] ReadChunks(Major expected)
    {
        // Once to measure, so that the copy is as large as the string and never larger than the document; once to copy.
        var first = _position;
        var total = 0;
        while (NextChunk(expected, out var chunk))
        {
            total += chunk.Length;
        }

        _position = first;
        var result = new byte[total];
        var written = 0;
        while (NextChunk(expected, out var chunk))
        {
            chunk.CopyTo(result.AsSpan(written));
            written += chunk.Length;
        }

        return result;
    }

    private bool NextChunk(Major expected, out ReadOnlySpan<byte> chunk)
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

        chunk = _data.Slice(_position, Checked(length));
        _position += chunk.Length;
        return true;
    }

    private void SkipString()
    {
        var length = ReadHead(out var major, out var indefinite);
        if (!indefinite)
        {
            _position += Checked(length);
            return;
        }

        while (NextChunk(major, out _))
        {
        }
    }

    private readonly int Checked(ulong length)
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
    private readonly void ThrowTruncated() => throw new CborFormatException($"CBOR: the document of {_data.Length} bytes is cut off", _position);

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
