using System.Buffers.Binary;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Records;

/// <summary>What a shard iterator says.</summary>
/// <param name="IssuedAt">When it was given, in milliseconds since the epoch.</param>
/// <param name="Generation">The stream, told apart from others of the same name.</param>
/// <param name="ShardIndex">The shard.</param>
/// <param name="Position">The index of the first record that may be returned.</param>
internal readonly record struct IteratorToken(long IssuedAt, long Generation, int ShardIndex, long Position)
{
    private const byte Purpose = (byte)'I';
    private const int Length = 29;

    /// <summary>Writes the opaque text.</summary>
    public string Seal(TokenSigner signer)
    {
        Span<byte> content = stackalloc byte[Length];
        content[0] = Purpose;
        BinaryPrimitives.WriteInt64BigEndian(content[1..], IssuedAt);
        BinaryPrimitives.WriteInt64BigEndian(content[9..], Generation);
        BinaryPrimitives.WriteInt32BigEndian(content[17..], ShardIndex);
        BinaryPrimitives.WriteInt64BigEndian(content[21..], Position);
        return signer.Seal(content);
    }

    /// <summary>Reads the opaque text; whether it has expired is for the caller to say.</summary>
    public static bool TryOpen(TokenSigner signer, ReadOnlySpan<char> text, out IteratorToken token)
    {
        token = default;
        Span<byte> content = stackalloc byte[1024];
        if (!signer.TryOpen(text, content, out var length) || length != Length || content[0] != Purpose)
        {
            return false;
        }

        token = new(
            BinaryPrimitives.ReadInt64BigEndian(content[1..]),
            BinaryPrimitives.ReadInt64BigEndian(content[9..]),
            BinaryPrimitives.ReadInt32BigEndian(content[17..]),
            BinaryPrimitives.ReadInt64BigEndian(content[21..]));
        return true;
    }
}
