using System.Buffers.Binary;
using Kcl.Kinesis.Hashing;

namespace Kcl.Kinesis.Aggregation;

/// <summary>
/// The format of an aggregate of the Kinesis Producer Library: four magic bytes, a protobuf message, and the MD5 of the message.
/// </summary>
internal static class AggregateFormat
{
    /// <summary>The length of the magic bytes.</summary>
    public const int MagicLength = 4;

    /// <summary>The length of the MD5.</summary>
    public const int DigestLength = 16;

    /// <summary>The magic bytes.</summary>
    public static ReadOnlySpan<byte> Magic => [0xF3, 0x89, 0x9A, 0xC2];

    /// <summary>Returns whether data has the magic bytes and is long enough for an aggregate.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> data) => data.Length > MagicLength + DigestLength && data.StartsWith(Magic);

    /// <summary>Returns whether data with the magic bytes ends with the digest of its message.</summary>
    public static bool HasValidDigest(ReadOnlySpan<byte> data) =>
        Md5.Hash(data[MagicLength..^DigestLength]) == BinaryPrimitives.ReadUInt128BigEndian(data[^DigestLength..]);
}
