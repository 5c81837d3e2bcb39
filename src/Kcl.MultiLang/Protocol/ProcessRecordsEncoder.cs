using System.Buffers.Text;

namespace Kcl.MultiLang.Protocol;

/// <summary>
/// Encodes a <c>processRecords</c> line piece by piece, so that a batch of any size passes through one small buffer. Allocates nothing per
/// record.
/// </summary>
/// <remarks>
/// The bytes and their order are those of Jackson (multilang/messages/ProcessRecordsMessage, JsonFriendlyRecord), except for line
/// separators in partition keys (<see cref="JsonText"/>). Children in other languages rely on the presence of every key.
/// </remarks>
/// <param name="records">The records.</param>
/// <param name="millisBehindLatest">How far the batch is behind the tip of the shard, in milliseconds; null if not known.</param>
internal struct ProcessRecordsEncoder(IReadOnlyList<KinesisRecord> records, long? millisBehindLatest)
{
    // The maximum length of a piece that is not split, without a record's two keys: fragments, and two numbers of up to 20 digits.
    private const int FixedLength = 192;

    private int _next;
    private int _offset;
    private bool _begun;
    private bool _inData;

    /// <summary>Gets a value indicating whether the whole line, including its end, was encoded.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Gets the destination length that suffices for the next piece, in bytes.</summary>
    public readonly int RoomNeeded => _next < records.Count
        ? FixedLength + ((records[_next].PartitionKeyUtf8.Length + records[_next].SequenceNumberAscii.Length) * JsonText.MaxExpansion)
        : FixedLength;

    /// <summary>Encodes as much as fits into a buffer.</summary>
    /// <param name="destination">The buffer. If it is shorter than <see cref="RoomNeeded"/>, nothing may be written.</param>
    /// <returns>The number of bytes written.</returns>
    public int Encode(Span<byte> destination)
    {
        var written = 0;
        if (!_begun)
        {
            if (destination.Length < FixedLength)
            {
                return 0;
            }

            written += Copy("{\"action\":\"processRecords\",\"records\":["u8, destination);
            _begun = true;
        }

        while (_next < records.Count)
        {
            if (!EncodeRecord(records[_next], destination, ref written))
            {
                return written;
            }

            _next++;
        }

        if (!IsDone && destination.Length - written >= FixedLength)
        {
            written += Copy("],\"millisBehindLatest\":"u8, destination[written..]);
            written += CopyNumber(millisBehindLatest, destination[written..]);
            written += Copy("}\n"u8, destination[written..]);
            IsDone = true;
        }

        return written;
    }

    private bool EncodeRecord(KinesisRecord record, Span<byte> destination, ref int written)
    {
        if (!_inData)
        {
            if (destination.Length - written < FixedLength)
            {
                return false;
            }

            written += Copy(_next == 0 ? "{\"data\":\""u8 : ",{\"data\":\""u8, destination[written..]);
            _inData = true;
            _offset = 0;
        }

        return EncodeData(record.Data.Span, destination, ref written) && EncodeRest(record, destination, ref written);
    }

    private bool EncodeData(ReadOnlySpan<byte> data, Span<byte> destination, ref int written)
    {
        // Three bytes become four characters without padding; only the last group may be shorter.
        var room = (destination.Length - written) / 4 * 3;
        var left = data.Length - _offset;
        var take = Math.Min(left, room);
        Base64.EncodeToUtf8(data.Slice(_offset, take), destination[written..], out var consumed, out var encoded,
            isFinalBlock: take == left);
        written += encoded;
        _offset += consumed;
        return _offset == data.Length;
    }

    private bool EncodeRest(KinesisRecord record, Span<byte> destination, ref int written)
    {
        if (destination.Length - written < RoomNeeded)
        {
            return false;
        }

        var to = destination[written..];
        var at = Copy("\",\"partitionKey\":"u8, to);
        at += CopyKey(record, to[at..]);
        at += Copy(",\"sequenceNumber\":\""u8, to[at..]);
        at += CopyDigits(record.SequenceNumberAscii.Span, to[at..]);
        at += Copy("\",\"approximateArrivalTimestamp\":"u8, to[at..]);
        at += CopyNumber(record.ApproximateArrivalMilliseconds == KinesisRecord.NoTimestamp ? null : record.ApproximateArrivalMilliseconds,
            to[at..]);
        at += Copy(",\"subSequenceNumber\":"u8, to[at..]);
        at += CopyNumber(record.SubSequenceNumber, to[at..]);
        at += Copy(",\"action\":\"record\"}"u8, to[at..]);
        written += at;
        _inData = false;
        return true;
    }

    // Java's daemon writes null for a record without a key.
    private static int CopyKey(KinesisRecord record, Span<byte> to)
    {
        if (!record.HasPartitionKey)
        {
            return Copy("null"u8, to);
        }

        to[0] = (byte)'"';
        var length = JsonText.Write(record.PartitionKeyUtf8.Span, to[1..]);
        to[length + 1] = (byte)'"';
        return length + 2;
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }

    // A sequence number is written as the server sent it. One that contains other characters than digits is escaped, so that it cannot end
    // the string or the line.
    private static int CopyDigits(ReadOnlySpan<byte> from, Span<byte> to) =>
        from.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? JsonText.Write(from, to) : Copy(from, to);

    private static int CopyNumber(long? value, Span<byte> to)
    {
        if (value is not { } number)
        {
            return Copy("null"u8, to);
        }

        Utf8Formatter.TryFormat(number, to, out var written);
        return written;
    }
}
