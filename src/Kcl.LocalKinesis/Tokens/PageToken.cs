using System.Buffers.Binary;
using Kcl.LocalKinesis.Errors;

namespace Kcl.LocalKinesis.Tokens;

/// <summary>
/// Creates and reads the token for the next page of a listing. A token is valid for 300 seconds. All times are in milliseconds since the
/// Unix epoch.
/// </summary>
internal static class PageToken
{
    private const int HeadLength = 9;

    /// <summary>Creates a token.</summary>
    /// <param name="signer">Signs the token.</param>
    /// <param name="purpose">The listing that the token is for.</param>
    /// <param name="content">The position at which the listing continues.</param>
    /// <param name="now">The current time, in milliseconds since the Unix epoch.</param>
    public static string Seal(TokenSigner signer, byte purpose, ReadOnlySpan<byte> content, long now)
    {
        Span<byte> token = stackalloc byte[HeadLength + content.Length];
        token[0] = purpose;
        BinaryPrimitives.WriteInt64BigEndian(token[1..], now);
        content.CopyTo(token[HeadLength..]);
        return signer.Seal(token);
    }

    /// <summary>Reads a token and returns its content.</summary>
    /// <exception cref="ServiceErrorException">The token was not created by this server for this listing, or has expired.</exception>
    public static byte[] Open(TokenSigner signer, byte purpose, string text, long now)
    {
        Span<byte> token = stackalloc byte[TokenSigner.MaxContentLength];
        if (!signer.TryOpen(text, token, out var length) || length < HeadLength || token[0] != purpose)
        {
            throw ServiceErrors.InvalidNextToken();
        }

        var age = now - BinaryPrimitives.ReadInt64BigEndian(token[1..]);
        return age <= TokenSigner.Lifetime ? token[HeadLength..length].ToArray() : throw ServiceErrors.ExpiredNextToken();
    }
}
