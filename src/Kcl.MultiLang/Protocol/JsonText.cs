using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Kcl.MultiLang.Protocol;

/// <summary>
/// Writes the contents of JSON strings as Jackson does: quotes, backslashes and control characters are escaped, all other characters are
/// raw UTF-8.
/// </summary>
/// <remarks>
/// Unlike Jackson, it also escapes the characters that end a line for some readers: U+0085, U+2028 and U+2029. The meaning of the JSON does
/// not change, but every child reads the message as one line: Node's <c>readline</c> (since Node 24) and Python's <c>splitlines</c> would
/// split it.
/// </remarks>
internal static class JsonText
{
    /// <summary>
    /// The maximum number of bytes into which a byte is expanded: <c>\u001F</c>. An invalid byte is replaced by only three bytes.
    /// </summary>
    public const int MaxExpansion = 6;

    private const byte LeadOfNextLine = 0xC2; // U+0085 is C2 85
    private const byte LeadOfSeparators = 0xE2; // U+2028 and U+2029 are E2 80 A8 and E2 80 A9

    // The two lead bytes begin other characters too; LineSeparator distinguishes them.
    private static readonly SearchValues<byte> MayNeedEscape = SearchValues.Create(CreateMayNeedEscape());

    /// <summary>Writes a text with escapes.</summary>
    /// <param name="utf8">The text. Bytes that are not UTF-8 are replaced.</param>
    /// <param name="destination">The destination, at least <see cref="MaxExpansion"/> times as long as the text.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        if (!utf8.ContainsAny(MayNeedEscape) && Utf8.IsValid(utf8))
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
        for (var i = 0; i < utf8.Length; i++)
        {
            var b = utf8[i];
            if (LineSeparator(utf8[i..]) is { IsEmpty: false } escaped)
            {
                escaped.CopyTo(destination[written..]);
                written += escaped.Length;
                i += b == LeadOfNextLine ? 1 : 2;
                continue;
            }

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

    /// <summary>Returns the escape of the line separator at the start of the text; empty if there is no line separator.</summary>
    private static ReadOnlySpan<byte> LineSeparator(ReadOnlySpan<byte> utf8) => utf8 switch
    {
        [LeadOfNextLine, 0x85, ..] => "\\u0085"u8,
        [LeadOfSeparators, 0x80, 0xA8, ..] => "\\u2028"u8,
        [LeadOfSeparators, 0x80, 0xA9, ..] => "\\u2029"u8,
        _ => default,
    };

    private static byte[] CreateMayNeedEscape() =>
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\', LeadOfNextLine, LeadOfSeparators];
}
