using System.Text;

namespace Kcl.Kinesis.Formats.Cbor;

/// <summary>Reads CBOR (RFC 8949) forward over one contiguous buffer. Only strings in chunks are copied; all others are slices.</summary>
/// <remarks>
/// Read maps and arrays with <see cref="ReadMapStart"/> or <see cref="ReadArrayStart"/> and <see cref="MoveNext"/>, of known length or not.
/// Every method that reads a value skips the tags before it. For any bytes, a read returns a value or throws a
/// <see cref="CborFormatException"/>.
/// </remarks>
internal ref partial struct CborReader
{
    /// <summary>The maximum depth of nesting that <see cref="Skip()"/> accepts.</summary>
    public const int MaxDepth = 64;

    private const int Indefinite = -1;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _data;
    private int _position;

    /// <summary>Creates a reader at the start of a document.</summary>
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

    /// <summary>Gets the number of bytes read.</summary>
    public readonly int Position => _position;

    /// <summary>Gets the kind of the next item, without reading it.</summary>
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

    /// <summary>Reads the start of a map.</summary>
    /// <returns>The number of entries, for <see cref="MoveNext"/>; negative if it is not known.</returns>
    public int ReadMapStart() => ReadStart(Major.Map, 2, "a map");

    /// <summary>Reads the start of an array.</summary>
    /// <returns>The number of items, for <see cref="MoveNext"/>; negative if it is not known.</returns>
    public int ReadArrayStart() => ReadStart(Major.Array, 1, "an array");

    /// <summary>Returns whether the map or array has another entry. If it has none, reads its end.</summary>
    /// <param name="remaining">The value that the start returned.</param>
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
    /// <returns>A slice of the document; a copy only if the string consists of chunks.</returns>
    public ReadOnlyMemory<byte> ReadBytes() => ReadSlice(Major.Bytes, "a byte string");

    /// <summary>Reads a text string as UTF-8, which is not checked.</summary>
    /// <returns>A slice of the document; a copy only if the string consists of chunks.</returns>
    public ReadOnlyMemory<byte> ReadText() => ReadSlice(Major.Text, "a text string");

    /// <summary>Reads a text string as UTF-8, which is not checked.</summary>
    public ReadOnlySpan<byte> ReadTextSpan()
    {
        // The name of a member is nearly always a single short string.
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

    /// <summary>Reads a text string; bytes that are not UTF-8 become replacement characters.</summary>
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

    /// <summary>Reads null or undefined if it is the next item.</summary>
    /// <returns>True if it was null; otherwise, false.</returns>
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
    /// Reads a timestamp in any form that known servers write: with or without a tag, as an integer of milliseconds or a floating-point
    /// number of seconds. A number of 1e11 or more must be milliseconds: as seconds, it would be in the year 5138.
    /// </summary>
    /// <returns>Milliseconds since the Unix epoch.</returns>
    public long ReadEpochMilliseconds()
    {
        SkipTags();
        if (Kind == CborKind.Integer)
        {
            var start = _position;
            return EpochTime.TryToMilliseconds(ReadInt64(), out var milliseconds)
                ? milliseconds
                : throw new CborFormatException("CBOR: a timestamp out of range", start);
        }

        var position = _position;
        return EpochTime.TryToMilliseconds(ReadDouble(), out var result)
            ? result
            : throw new CborFormatException("CBOR: a timestamp out of range", position);
    }

    /// <summary>Skips one item with everything in it.</summary>
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
}
