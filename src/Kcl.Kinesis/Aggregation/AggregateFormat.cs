using System.Buffers.Binary;

namespace Kcl.Kinesis.Aggregation;

/// <summary>What an aggregate of the Kinesis Producer Library looks like from outside: four magic bytes, a protobuf message, the MD5 of the message.</summary>
internal static class AggregateFormat
{
    /// <summary>The length of the magic bytes.</summary>
    public const int MagicLength = 4;

    /// <summary>The length of the MD5.</summary>
    public const int DigestLength = 16;

    /// <summary>The magic bytes.</summary>
    public static ReadOnlySpan<byte> Magic => [0xF3, 0x89, 0x9A, 0xC2];

    /// <summary>Whether the data begins as an aggregate does and is long enough for one.</summary>
    public static bool BeginsLikeOne(ReadOnlySpan<byte> data) => data.Length > MagicLength + DigestLength && data.StartsWith(Magic);

    /// <summary>Whether data that begins like an aggregate ends like one too.</summary>
    public static bool HasRightDigest(ReadOnlySpan<byte> data) =>
        Md5.Hash(data[MagicLength..^DigestLength]) == BinaryPrimitives.ReadUInt128BigEndian(data[^DigestLength..]);
}
