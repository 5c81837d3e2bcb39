using System.Buffers.Binary;
using System.Globalization;
using Kcl.LocalKinesis.Errors;

namespace Kcl.LocalKinesis.Tokens;

/// <summary>The content of a shard iterator.</summary>
/// <param name="IssuedAt">The time at which it was issued, in milliseconds since the Unix epoch.</param>
/// <param name="Generation">The generation of the stream, which distinguishes streams of the same name.</param>
/// <param name="ShardIndex">The index of the shard.</param>
/// <param name="Position">The index of the first record that may be returned.</param>
internal readonly record struct IteratorToken(long IssuedAt, long Generation, int ShardIndex, long Position)
{
    private const byte Purpose = (byte)'I';
    private const int Length = 29;

    /// <summary>Returns the iterator as the opaque text that clients receive.</summary>
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

    /// <summary>Parses the opaque text. Does not check whether the iterator has expired: see <see cref="ThrowIfExpired"/>.</summary>
    public static bool TryOpen(TokenSigner signer, ReadOnlySpan<char> text, out IteratorToken token)
    {
        token = default;
        Span<byte> content = stackalloc byte[TokenSigner.MaxContentLength];
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

    /// <summary>Throws if the iterator is older than <see cref="TokenSigner.Lifetime"/>.</summary>
    /// <param name="now">The current time, in milliseconds since the Unix epoch.</param>
    /// <exception cref="ServiceErrorException">The iterator has expired.</exception>
    public void ThrowIfExpired(long now)
    {
        if (now - IssuedAt > TokenSigner.Lifetime)
        {
            throw ServiceErrors.ExpiredIterator(Format(IssuedAt), Format(now), TokenSigner.Lifetime);
        }
    }

    private static string Format(long instant) =>
        DateTimeOffset.FromUnixTimeMilliseconds(instant).ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
}
