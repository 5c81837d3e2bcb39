using System.Security.Cryptography;

namespace Kcl.LocalKinesis.Wire;

/// <summary>Makes the opaque texts a client hands back: iterators and page tokens. What was not signed with our key is refused.</summary>
internal sealed class TokenSigner(byte[] key)
{
    /// <summary>How long iterators and page tokens are valid, in milliseconds.</summary>
    public const long Lifetime = 300_000;

    /// <summary>The length of a key, in bytes.</summary>
    public const int KeyLength = 32;

    private const int MacLength = 16;
    private const int MostContent = 1024;

    /// <summary>Signs a content of at most 1024 bytes.</summary>
    public string Seal(ReadOnlySpan<byte> content)
    {
        Span<byte> whole = stackalloc byte[content.Length + MacLength];
        content.CopyTo(whole);
        Mac(content, whole[content.Length..]);
        return Convert.ToBase64String(whole);
    }

    /// <summary>Takes the content out of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="content">Room for 1024 bytes.</param>
    /// <param name="length">The length of the content.</param>
    /// <returns>Whether it was ours.</returns>
    public bool TryOpen(ReadOnlySpan<char> text, Span<byte> content, out int length)
    {
        length = 0;
        Span<byte> whole = stackalloc byte[MostContent + MacLength];
        if (!Convert.TryFromBase64Chars(text, whole, out var written) || written < MacLength)
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[MacLength];
        Mac(whole[..(written - MacLength)], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, whole[(written - MacLength)..written]))
        {
            return false;
        }

        length = written - MacLength;
        whole[..length].CopyTo(content);
        return true;
    }

    private void Mac(ReadOnlySpan<byte> content, Span<byte> mac)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, content, hash);
        hash[..MacLength].CopyTo(mac);
    }
}
