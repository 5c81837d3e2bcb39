using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;

namespace Kcl.Kinesis.Hashing;

/// <summary>
/// Computes the MD5 (RFC 1321) of short inputs with unrolled code: the initialization of the .NET implementation takes several times as
/// long as hashing a partition key. The hash selects a shard; it has no security purpose.
/// </summary>
internal static class Md5
{
    private const int BlockLength = 64;
    private const int LengthLength = 8;

    // For longer inputs, the .NET implementation is faster, including its initialization.
    private const int MaxUnrolledLength = 1024;

    /// <summary>Returns the digest as an unsigned big-endian number.</summary>
    public static UInt128 Hash(ReadOnlySpan<byte> input)
    {
        if (input.Length > MaxUnrolledLength)
        {
            return HashLong(input);
        }

        var state = new State(0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476);
        var rest = input;
        while (rest.Length >= BlockLength)
        {
            state = Append(state, rest);
            rest = rest[BlockLength..];
        }

        Span<byte> last = stackalloc byte[2 * BlockLength];
        last.Clear();
        rest.CopyTo(last);
        last[rest.Length] = 0x80;
        var padded = rest.Length < BlockLength - LengthLength ? BlockLength : 2 * BlockLength;
        BinaryPrimitives.WriteUInt64LittleEndian(last[(padded - LengthLength)..], (ulong)input.Length * 8);
        state = Append(state, last);
        if (padded > BlockLength)
        {
            state = Append(state, last[BlockLength..]);
        }

        return new UInt128(ToBigEndian(state.A, state.B), ToBigEndian(state.C, state.D));
    }

    [SuppressMessage("Security", "CA5351", Justification = "Kinesis and the KPL select shards by MD5; it protects nothing.")]
    private static UInt128 HashLong(ReadOnlySpan<byte> input)
    {
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(input, digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    private static ulong ToBigEndian(uint high, uint low) =>
        ((ulong)BinaryPrimitives.ReverseEndianness(high) << 32) | BinaryPrimitives.ReverseEndianness(low);

    private static State Append(State state, ReadOnlySpan<byte> bytes)
    {
        var block = bytes[..BlockLength];
        var (a, b, c, d) = state;
        var m0 = BinaryPrimitives.ReadUInt32LittleEndian(block[0..]);
        var m1 = BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        var m2 = BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
        var m3 = BinaryPrimitives.ReadUInt32LittleEndian(block[12..]);
        var m4 = BinaryPrimitives.ReadUInt32LittleEndian(block[16..]);
        var m5 = BinaryPrimitives.ReadUInt32LittleEndian(block[20..]);
        var m6 = BinaryPrimitives.ReadUInt32LittleEndian(block[24..]);
        var m7 = BinaryPrimitives.ReadUInt32LittleEndian(block[28..]);
        var m8 = BinaryPrimitives.ReadUInt32LittleEndian(block[32..]);
        var m9 = BinaryPrimitives.ReadUInt32LittleEndian(block[36..]);
        var m10 = BinaryPrimitives.ReadUInt32LittleEndian(block[40..]);
        var m11 = BinaryPrimitives.ReadUInt32LittleEndian(block[44..]);
        var m12 = BinaryPrimitives.ReadUInt32LittleEndian(block[48..]);
        var m13 = BinaryPrimitives.ReadUInt32LittleEndian(block[52..]);
        var m14 = BinaryPrimitives.ReadUInt32LittleEndian(block[56..]);
        var m15 = BinaryPrimitives.ReadUInt32LittleEndian(block[60..]);
        a = b + BitOperations.RotateLeft(a + (d ^ (b & (c ^ d))) + m0 + 0xD76AA478, 7);
        d = a + BitOperations.RotateLeft(d + (c ^ (a & (b ^ c))) + m1 + 0xE8C7B756, 12);
        c = d + BitOperations.RotateLeft(c + (b ^ (d & (a ^ b))) + m2 + 0x242070DB, 17);
        b = c + BitOperations.RotateLeft(b + (a ^ (c & (d ^ a))) + m3 + 0xC1BDCEEE, 22);
        a = b + BitOperations.RotateLeft(a + (d ^ (b & (c ^ d))) + m4 + 0xF57C0FAF, 7);
        d = a + BitOperations.RotateLeft(d + (c ^ (a & (b ^ c))) + m5 + 0x4787C62A, 12);
        c = d + BitOperations.RotateLeft(c + (b ^ (d & (a ^ b))) + m6 + 0xA8304613, 17);
        b = c + BitOperations.RotateLeft(b + (a ^ (c & (d ^ a))) + m7 + 0xFD469501, 22);
        a = b + BitOperations.RotateLeft(a + (d ^ (b & (c ^ d))) + m8 + 0x698098D8, 7);
        d = a + BitOperations.RotateLeft(d + (c ^ (a & (b ^ c))) + m9 + 0x8B44F7AF, 12);
        c = d + BitOperations.RotateLeft(c + (b ^ (d & (a ^ b))) + m10 + 0xFFFF5BB1, 17);
        b = c + BitOperations.RotateLeft(b + (a ^ (c & (d ^ a))) + m11 + 0x895CD7BE, 22);
        a = b + BitOperations.RotateLeft(a + (d ^ (b & (c ^ d))) + m12 + 0x6B901122, 7);
        d = a + BitOperations.RotateLeft(d + (c ^ (a & (b ^ c))) + m13 + 0xFD987193, 12);
        c = d + BitOperations.RotateLeft(c + (b ^ (d & (a ^ b))) + m14 + 0xA679438E, 17);
        b = c + BitOperations.RotateLeft(b + (a ^ (c & (d ^ a))) + m15 + 0x49B40821, 22);
        a = b + BitOperations.RotateLeft(a + (c ^ (d & (b ^ c))) + m1 + 0xF61E2562, 5);
        d = a + BitOperations.RotateLeft(d + (b ^ (c & (a ^ b))) + m6 + 0xC040B340, 9);
        c = d + BitOperations.RotateLeft(c + (a ^ (b & (d ^ a))) + m11 + 0x265E5A51, 14);
        b = c + BitOperations.RotateLeft(b + (d ^ (a & (c ^ d))) + m0 + 0xE9B6C7AA, 20);
        a = b + BitOperations.RotateLeft(a + (c ^ (d & (b ^ c))) + m5 + 0xD62F105D, 5);
        d = a + BitOperations.RotateLeft(d + (b ^ (c & (a ^ b))) + m10 + 0x02441453, 9);
        c = d + BitOperations.RotateLeft(c + (a ^ (b & (d ^ a))) + m15 + 0xD8A1E681, 14);
        b = c + BitOperations.RotateLeft(b + (d ^ (a & (c ^ d))) + m4 + 0xE7D3FBC8, 20);
        a = b + BitOperations.RotateLeft(a + (c ^ (d & (b ^ c))) + m9 + 0x21E1CDE6, 5);
        d = a + BitOperations.RotateLeft(d + (b ^ (c & (a ^ b))) + m14 + 0xC33707D6, 9);
        c = d + BitOperations.RotateLeft(c + (a ^ (b & (d ^ a))) + m3 + 0xF4D50D87, 14);
        b = c + BitOperations.RotateLeft(b + (d ^ (a & (c ^ d))) + m8 + 0x455A14ED, 20);
        a = b + BitOperations.RotateLeft(a + (c ^ (d & (b ^ c))) + m13 + 0xA9E3E905, 5);
        d = a + BitOperations.RotateLeft(d + (b ^ (c & (a ^ b))) + m2 + 0xFCEFA3F8, 9);
        c = d + BitOperations.RotateLeft(c + (a ^ (b & (d ^ a))) + m7 + 0x676F02D9, 14);
        b = c + BitOperations.RotateLeft(b + (d ^ (a & (c ^ d))) + m12 + 0x8D2A4C8A, 20);
        a = b + BitOperations.RotateLeft(a + (b ^ c ^ d) + m5 + 0xFFFA3942, 4);
        d = a + BitOperations.RotateLeft(d + (a ^ b ^ c) + m8 + 0x8771F681, 11);
        c = d + BitOperations.RotateLeft(c + (d ^ a ^ b) + m11 + 0x6D9D6122, 16);
        b = c + BitOperations.RotateLeft(b + (c ^ d ^ a) + m14 + 0xFDE5380C, 23);
        a = b + BitOperations.RotateLeft(a + (b ^ c ^ d) + m1 + 0xA4BEEA44, 4);
        d = a + BitOperations.RotateLeft(d + (a ^ b ^ c) + m4 + 0x4BDECFA9, 11);
        c = d + BitOperations.RotateLeft(c + (d ^ a ^ b) + m7 + 0xF6BB4B60, 16);
        b = c + BitOperations.RotateLeft(b + (c ^ d ^ a) + m10 + 0xBEBFBC70, 23);
        a = b + BitOperations.RotateLeft(a + (b ^ c ^ d) + m13 + 0x289B7EC6, 4);
        d = a + BitOperations.RotateLeft(d + (a ^ b ^ c) + m0 + 0xEAA127FA, 11);
        c = d + BitOperations.RotateLeft(c + (d ^ a ^ b) + m3 + 0xD4EF3085, 16);
        b = c + BitOperations.RotateLeft(b + (c ^ d ^ a) + m6 + 0x04881D05, 23);
        a = b + BitOperations.RotateLeft(a + (b ^ c ^ d) + m9 + 0xD9D4D039, 4);
        d = a + BitOperations.RotateLeft(d + (a ^ b ^ c) + m12 + 0xE6DB99E5, 11);
        c = d + BitOperations.RotateLeft(c + (d ^ a ^ b) + m15 + 0x1FA27CF8, 16);
        b = c + BitOperations.RotateLeft(b + (c ^ d ^ a) + m2 + 0xC4AC5665, 23);
        a = b + BitOperations.RotateLeft(a + (c ^ (b | ~d)) + m0 + 0xF4292244, 6);
        d = a + BitOperations.RotateLeft(d + (b ^ (a | ~c)) + m7 + 0x432AFF97, 10);
        c = d + BitOperations.RotateLeft(c + (a ^ (d | ~b)) + m14 + 0xAB9423A7, 15);
        b = c + BitOperations.RotateLeft(b + (d ^ (c | ~a)) + m5 + 0xFC93A039, 21);
        a = b + BitOperations.RotateLeft(a + (c ^ (b | ~d)) + m12 + 0x655B59C3, 6);
        d = a + BitOperations.RotateLeft(d + (b ^ (a | ~c)) + m3 + 0x8F0CCC92, 10);
        c = d + BitOperations.RotateLeft(c + (a ^ (d | ~b)) + m10 + 0xFFEFF47D, 15);
        b = c + BitOperations.RotateLeft(b + (d ^ (c | ~a)) + m1 + 0x85845DD1, 21);
        a = b + BitOperations.RotateLeft(a + (c ^ (b | ~d)) + m8 + 0x6FA87E4F, 6);
        d = a + BitOperations.RotateLeft(d + (b ^ (a | ~c)) + m15 + 0xFE2CE6E0, 10);
        c = d + BitOperations.RotateLeft(c + (a ^ (d | ~b)) + m6 + 0xA3014314, 15);
        b = c + BitOperations.RotateLeft(b + (d ^ (c | ~a)) + m13 + 0x4E0811A1, 21);
        a = b + BitOperations.RotateLeft(a + (c ^ (b | ~d)) + m4 + 0xF7537E82, 6);
        d = a + BitOperations.RotateLeft(d + (b ^ (a | ~c)) + m11 + 0xBD3AF235, 10);
        c = d + BitOperations.RotateLeft(c + (a ^ (d | ~b)) + m2 + 0x2AD7D2BB, 15);
        b = c + BitOperations.RotateLeft(b + (d ^ (c | ~a)) + m9 + 0xEB86D391, 21);
        return new(state.A + a, state.B + b, state.C + c, state.D + d);
    }

    private readonly record struct State(uint A, uint B, uint C, uint D);
}
