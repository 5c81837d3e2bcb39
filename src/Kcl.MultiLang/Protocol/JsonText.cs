using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Kcl.MultiLang.Protocol;

/// <summary>Writes the inside of JSON strings the way Jackson does: only quotes, backslashes and control characters are escaped, everything else is raw UTF-8.</summary>
internal static class JsonText
{
    /// <summary>The most bytes one byte becomes: <c>\u001F</c>; also more than what three bytes of replacement for an invalid byte take.</summary>
    public const int MaxExpansion = 6;

    private static readonly SearchValues<byte> MustEscape = SearchValues.Create(CreateMustEscape());

    /// <summary>Copies <paramref name="utf8"/>, escaped.</summary>
    /// <param name="utf8">The text; bytes that are no UTF-8 are replaced, so that the line stays one.</param>
    /// <param name="destination">At least <see cref="MaxExpansion"/> times as long.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        if (!utf8.ContainsAny(MustEscape) && Utf8.IsValid(utf8))
        {
            utf8.CopyTo(destination);
            return utf8.Length;
        }

        return WriteEscaped(Utf8.IsValid(utf8) ? utf8 : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8)), destination);
    }

    private static int WriteEscaped(ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        const string Hex = "0123456789ABCDEF";
        var written = 0;
        foreach (var b in utf8)
        {
            var shortForm = b switch
            {
                (byte)'"' => (byte)'"',
                (byte)'\\' => (byte)'\\',
                (byte)'\b' => (byte)'b',
                (byte)'\t' => (byte)'t',
                (byte)'\n' => (byte)'n',
                (byte)'\f' => (byte)'f',
                (byte)'\r' => (byte)'r',
                _ => (byte)0,
            };
            if (shortForm != 0)
            {
                destination[written++] = (byte)'\\';
                destination[written++] = shortForm;
            }
            else if (b < 0x20)
            {
                "\\u00"u8.CopyTo(destination[written..]);
                destination[written + 4] = (byte)Hex[b >> 4];
                destination[written + 5] = (byte)Hex[b & 0xF];
                written += 6;
            }
            else
            {
                destination[written++] = b;
            }
        }

        return written;
    }

    private static byte[] CreateMustEscape() => [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\'];
}
