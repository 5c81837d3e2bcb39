using System.Buffers.Binary;

namespace Kcl.LocalKinesis.Wire;

/// <summary>The token that asks for a listing's next page; valid for 300 seconds.</summary>
internal static class PageToken
{
    private const int Head = 9;

    /// <summary>Makes a token.</summary>
    /// <param name="signer">Signs it.</param>
    /// <param name="purpose">Which listing it is for.</param>
    /// <param name="content">Where the listing goes on.</param>
    /// <param name="now">The time, in milliseconds since the epoch.</param>
    public static string Seal(TokenSigner signer, byte purpose, ReadOnlySpan<byte> content, long now)
    {
        Span<byte> whole = stackalloc byte[Head + content.Length];
        whole[0] = purpose;
        BinaryPrimitives.WriteInt64BigEndian(whole[1..], now);
        content.CopyTo(whole[Head..]);
        return signer.Seal(whole);
    }

    /// <summary>Reads a token.</summary>
    /// <exception cref="ServiceException">It is not one of ours, or too old.</exception>
    public static byte[] Open(TokenSigner signer, byte purpose, string token, long now)
    {
        Span<byte> whole = stackalloc byte[1024];
        if (!signer.TryOpen(token, whole, out var length) || length < Head || whole[0] != purpose)
        {
            throw ServiceException.InvalidArgument("NextToken is invalid.");
        }

        return now - BinaryPrimitives.ReadInt64BigEndian(whole[1..]) <= TokenSigner.Lifetime
            ? whole[Head..length].ToArray()
            : throw ServiceException.ExpiredNextToken("NextToken has expired: it is valid for 300 seconds.");
    }
}
