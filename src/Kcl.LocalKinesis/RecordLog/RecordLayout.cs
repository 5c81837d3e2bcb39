using System.Buffers.Binary;

namespace Kcl.LocalKinesis.RecordLog;

/// <summary>
/// The format of a record in memory and on disk: the CBOR map that a read returns, so that a response is a copy. Every CBOR head has a
/// fixed width, so the offset of each field is known. A record without a partition key is a map without that field.
/// </summary>
internal static class RecordLayout
{
    /// <summary>The size of a record without its payload and its partition key, in bytes.</summary>
    public const int Overhead = 1 + SequenceName + 2 + SequenceParts.Digits + TimestampName + 2 + 8 + DataName + 5;

    /// <summary>The size of the field of a partition key without its text, in bytes.</summary>
    public const int KeyOverhead = KeyName + 3;

    private const byte MapOfFour = 0xA4;
    private const byte MapOfThree = 0xA3; // without a partition key

    private const int SequenceName = 1 + 14;
    private const int TimestampName = 2 + 27;
    private const int KeyName = 1 + 12;
    private const int DataName = 1 + 4;
    private const int SequenceAt = 1 + SequenceName + 2;
    private const int TimestampAt = SequenceAt + SequenceParts.Digits + TimestampName + 2;
    private const int AfterTimestamp = TimestampAt + 8;
    private const int KeyLengthAt = AfterTimestamp + KeyName + 1;
    private const int KeyAt = KeyLengthAt + 2;

    /// <summary>Returns the size of a record, in bytes.</summary>
    /// <param name="keyLength">The length of its partition key, in bytes; 0 if it has none.</param>
    /// <param name="dataLength">The length of its payload, in bytes.</param>
    public static int SizeOf(int keyLength, int dataLength) => Overhead + (keyLength > 0 ? KeyOverhead + keyLength : 0) + dataLength;

    /// <summary>Writes a record. An empty key means none: the service accepts no empty key.</summary>
    public static void Write(Span<byte> target, in SequenceParts sequence, long arrivedAt, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        target[0] = key.IsEmpty ? MapOfThree : MapOfFour;
        target[1] = 0x6E; // text of 14
        "SequenceNumber"u8.CopyTo(target[2..]);
        target[1 + SequenceName] = 0x78; // text with its length in one byte
        target[2 + SequenceName] = SequenceParts.Digits;
        sequence.Format(target.Slice(SequenceAt, SequenceParts.Digits));

        var rest = target[(SequenceAt + SequenceParts.Digits)..];
        rest[0] = 0x78;
        rest[1] = 27;
        "ApproximateArrivalTimestamp"u8.CopyTo(rest[2..]);
        rest[TimestampName] = 0xC1; // tag 1: an instant
        rest[TimestampName + 1] = 0x1B; // integer of eight bytes
        BinaryPrimitives.WriteInt64BigEndian(target[TimestampAt..], arrivedAt);

        rest = target[AfterTimestamp..];
        if (!key.IsEmpty)
        {
            rest[0] = 0x6C; // text of 12
            "PartitionKey"u8.CopyTo(rest[1..]);
            rest[KeyName] = 0x79; // text with its length in two bytes
            BinaryPrimitives.WriteUInt16BigEndian(target[KeyLengthAt..], (ushort)key.Length);
            key.CopyTo(target[KeyAt..]);
            rest = target[(KeyAt + key.Length)..];
        }

        rest[0] = 0x64; // text of 4
        "Data"u8.CopyTo(rest[1..]);
        rest[DataName] = 0x5A; // bytes with their length in four bytes
        BinaryPrimitives.WriteInt32BigEndian(rest[(DataName + 1)..], data.Length);
        data.CopyTo(rest[(DataName + 5)..]);
    }

    /// <summary>Returns the 56 digits of a record's sequence number.</summary>
    public static ReadOnlySpan<byte> SequenceNumber(ReadOnlySpan<byte> record) => record.Slice(SequenceAt, SequenceParts.Digits);

    /// <summary>Returns the time at which a record arrived, in milliseconds since the Unix epoch.</summary>
    public static long ArrivedAt(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64BigEndian(record[TimestampAt..]);

    /// <summary>Returns whether a record has a partition key.</summary>
    public static bool HasKey(ReadOnlySpan<byte> record) => record[0] == MapOfFour;

    /// <summary>Returns a record's partition key, as UTF-8; empty if it has none.</summary>
    public static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> record) => HasKey(record) ? record.Slice(KeyAt, KeyLength(record)) : default;

    /// <summary>Returns a record's payload.</summary>
    public static ReadOnlySpan<byte> Data(ReadOnlySpan<byte> record)
    {
        var at = DataLengthAt(record);
        return record.Slice(at + 4, BinaryPrimitives.ReadInt32BigEndian(record[at..]));
    }

    /// <summary>
    /// Returns the length of the record at the start of a buffer; -1 if the bytes are not a record, which is possible if they come from a
    /// file.
    /// </summary>
    public static int LengthOf(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length < Overhead
            || buffer[0] is not (MapOfThree or MapOfFour)
            || (HasKey(buffer) && buffer.Length < Overhead + KeyOverhead))
        {
            return -1;
        }

        var at = DataLengthAt(buffer);
        if (at + 4 > buffer.Length)
        {
            return -1;
        }

        var dataLength = BinaryPrimitives.ReadInt32BigEndian(buffer[at..]);
        return dataLength >= 0 && dataLength <= buffer.Length - at - 4 ? at + 4 + dataLength : -1;
    }

    private static int KeyLength(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16BigEndian(record[KeyLengthAt..]);

    private static int DataLengthAt(ReadOnlySpan<byte> record) =>
        (HasKey(record) ? KeyAt + KeyLength(record) : AfterTimestamp) + DataName + 1;
}
