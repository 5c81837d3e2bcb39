using System.Buffers;
using System.Text;

namespace Kcl.Daemon;

/// <summary>Makes a child's words fit to be quoted in a message: they end no line, and have an end themselves.</summary>
internal static class OneLine
{
    private const int MaxLength = 200;

    // What ends a line for anybody, and what controls a terminal.
    private static readonly SearchValues<char> Replaced = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Select(c => (char)c), '\u2028', '\u2029']);

    /// <summary>Replaces what ends a line or controls a terminal, and cuts what is long.</summary>
    public static string? Of(string? text)
    {
        if (text is null || (text.Length <= MaxLength && !text.AsSpan().ContainsAny(Replaced)))
        {
            return text;
        }

        var line = new StringBuilder(MaxLength + 1);
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            line.Append(Replaced.Contains(character) ? '\ufffd' : character);
        }

        return text.Length > MaxLength ? line.Append('…').ToString() : line.ToString();
    }
}
