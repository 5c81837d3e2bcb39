namespace Kcl.Kinesis.Aggregation;

/// <summary>Reads one protobuf message. Never throws: at malformed bytes, the message ends and <see cref="Failed"/> is true.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int MaxDepth = 100; // protobuf's limit of nesting
    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    /// <summary>Gets a value indicating whether the message is malformed.</summary>
    public bool Failed { get; private set; }

    /// <summary>Gets the number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Gets the encoding of the field: 0 varint, 1 eight bytes, 2 length and bytes, 3 group, 5 four bytes.</summary>
    public int WireType { get; private set; }

    /// <summary>Moves to the next field, whose value must be read or skipped.</summary>
    /// <returns>True if there is another field; false at the end of the message.</returns>
    public bool MoveNext()
    {
        if (Failed || _position == _message.Length)
        {
            return false;
        }

        var tag = ReadVarint();
        Field = (int)((uint)tag >> 3);
        WireType = (int)(tag & 7);
        return !Failed && ((tag <= uint.MaxValue && Field > 0 && WireType is not (4 or > 5)) || Fail());
    }

    /// <summary>Reads a varint.</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70 && _position < _message.Length; shift += 7)
        {
            var next = _message[_position++];
            value |= shift < 64 ? (ulong)(next & 0x7F) << shift : 0;
            if (next < 0x80)
            {
                return value;
            }
        }

        Failed = true;
        return 0;
    }

    /// <summary>Reads a length, and skips that number of bytes.</summary>
    /// <returns>The position of the bytes in the message.</returns>
    public (int Start, int Length) ReadBytes()
    {
        var length = ReadVarint();
        if (Failed || length > (ulong)(_message.Length - _position))
        {
            Failed = true;
            return default;
        }

        var start = _position;
        _position += (int)length;
        return (start, (int)length);
    }

    /// <summary>Skips the field's value.</summary>
    public void Skip() => Skip(MaxDepth);

    private void Skip(int depth)
    {
        switch (WireType)
        {
            case 0:
                _ = ReadVarint();
                break;
            case 1:
                Step(8);
                break;
            case 2:
                _ = ReadBytes();
                break;
            case 3:
                SkipGroup(depth);
                break;
            case 5:
                Step(4);
                break;
            default:
                Failed = true;
                break;
        }
    }

    private void SkipGroup(int depth)
    {
        var group = Field;
        while (!Failed && depth > 0)
        {
            var tag = ReadVarint();
            Field = (int)((uint)tag >> 3);
            WireType = (int)(tag & 7);
            if (WireType == 4)
            {
                Failed |= Field != group;
                return;
            }

            Skip(depth - 1);
        }

        Failed = true;
    }

    private void Step(int length)
    {
        Failed |= length > _message.Length - _position;
        _position += Failed ? 0 : length;
    }

    private bool Fail()
    {
        Failed = true;
        return false;
    }
}
