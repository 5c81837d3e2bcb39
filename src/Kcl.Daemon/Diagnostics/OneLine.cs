using System.Text;

namespace Kcl.Daemon;

/// <summary>Makes a child's words fit to be quoted in a message: they end no line, and have an end themselves.</summary>
internal static class OneLine
{
    private const int MaxLength = 200;

    /// <summary>Replaces what ends a line or controls a terminal, and cuts what is long.</summary>
    public static string? Of(string? text)
    {
        if (text is null || (text.Length <= MaxLength && !text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f') && !text.AsSpan().ContainsAny('\u2028', '\u2029')))
        {
            return text;
        }

        var line = new StringBuilder(MaxLength + 1);
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            line.Append(char.IsControl(character) || character is '\u2028' or '\u2029' ? '\ufffd' : character);
        }

        return text.Length > MaxLength ? line.Append('…').ToString() : line.ToString();
    }
}
