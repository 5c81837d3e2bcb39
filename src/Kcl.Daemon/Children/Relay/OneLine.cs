using System.Buffers;
using System.Text;

namespace Kcl.Daemon.Children.Relay;

/// <summary>Converts text of a child to one line of limited length, which can safely be quoted in a message.</summary>
internal static class OneLine
{
    private const int MaxLength = 200;

    // Characters that some programs treat as the end of a line, or that control a terminal.
    private static readonly SearchValues<char> Replaced = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Select(c => (char)c), '\u2028', '\u2029']);

    /// <summary>Replaces characters that end a line or control a terminal, and truncates long text.</summary>
    /// <param name="text">The text.</param>
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
