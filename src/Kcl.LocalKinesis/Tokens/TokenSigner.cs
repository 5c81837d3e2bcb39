using System.Security.Cryptography;

namespace Kcl.LocalKinesis.Tokens;

/// <summary>
/// Signs the opaque texts that a client sends back (iterators and page tokens), and rejects texts with another signature.
/// </summary>
/// <param name="key">The key, of <see cref="KeyLength"/> bytes.</param>
internal sealed class TokenSigner(byte[] key)
{
    /// <summary>The time for which iterators and page tokens are valid, in milliseconds.</summary>
    public const long Lifetime = 300_000;

    /// <summary>The length of a key, in bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>The maximum length of a token's content, in bytes.</summary>
    public const int MaxContentLength = 1024;

    private const int MacLength = 16;

    /// <summary>Signs a content of at most <see cref="MaxContentLength"/> bytes and returns it as text.</summary>
    public string Seal(ReadOnlySpan<byte> content)
    {
        Span<byte> signed = stackalloc byte[content.Length + MacLength];
        content.CopyTo(signed);
        ComputeMac(content, signed[content.Length..]);
        return Convert.ToBase64String(signed);
    }

    /// <summary>Checks the signature of a text and extracts its content.</summary>
    /// <param name="text">The text.</param>
    /// <param name="content">Receives the content; a span of <see cref="MaxContentLength"/> bytes.</param>
    /// <param name="length">The length of the content.</param>
    /// <returns>True if the text was signed with this key; otherwise, false.</returns>
    public bool TryOpen(ReadOnlySpan<char> text, Span<byte> content, out int length)
    {
        length = 0;
        Span<byte> signed = stackalloc byte[MaxContentLength + MacLength];
        if (!Convert.TryFromBase64Chars(text, signed, out var written) || written < MacLength)
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[MacLength];
        ComputeMac(signed[..(written - MacLength)], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, signed[(written - MacLength)..written]))
        {
            return false;
        }

        length = written - MacLength;
        signed[..length].CopyTo(content);
        return true;
    }

    private void ComputeMac(ReadOnlySpan<byte> content, Span<byte> mac)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, content, hash);
        hash[..MacLength].CopyTo(mac);
    }
}
