using System.Globalization;
using System.Text;

namespace Kcl.Daemon.Settings;

/// <summary>
/// Parses Java's <c>.properties</c> syntax: comments, the three separators, continuation lines, escapes, and both encodings.
/// </summary>
internal static class PropertiesParser
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Parses the content of a file: as UTF-8, or if it is not valid UTF-8, as ISO-8859-1, which Java uses.</summary>
    /// <param name="bytes">The content.</param>
    /// <param name="problems">Receives the problems, each with its line.</param>
    /// <returns>The entries in file order, including duplicates.</returns>
    public static IReadOnlyList<PropertiesEntry> Parse(ReadOnlySpan<byte> bytes, ICollection<string> problems)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            text = Encoding.Latin1.GetString(bytes);
        }

        return Parse(text.TrimStart('\ufeff'), problems);
    }

    /// <summary>Parses the text of a file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problems">Receives the problems, each with its line.</param>
    /// <returns>The entries in file order, including duplicates.</returns>
    public static IReadOnlyList<PropertiesEntry> Parse(string text, ICollection<string> problems)
    {
        var entries = new List<PropertiesEntry>();
        foreach (var (line, number) in LogicalLines(text))
        {
            var (keyEnd, valueStart) = Split(line);
            var isKey = TryUnescape(line.AsSpan(0, keyEnd), number, problems, out var key);
            var isValue = TryUnescape(line.AsSpan(valueStart), number, problems, out var value);
            if (isKey && isValue)
            {
                entries.Add(new(key, value.TrimEnd(' ', '\t', '\f'), number));
            }
        }

        return entries;
    }

    /// <summary>Joins continued lines and drops comments and blank lines. A continuation line cannot be a comment.</summary>
    private static IEnumerable<(string Line, int Number)> LogicalLines(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimStart(' ', '\t', '\f');
            if (line.Length == 0 || line[0] is '#' or '!')
            {
                continue;
            }

            var number = i + 1;
            while (IsContinued(line))
            {
                line = line[..^1] + (++i < lines.Length ? lines[i].TrimStart(' ', '\t', '\f') : "");
            }

            yield return (line, number);
        }
    }

    private static bool IsContinued(string line) => (line.Length - line.AsSpan().TrimEnd('\\').Length) % 2 == 1;

    private static (int KeyEnd, int ValueStart) Split(string line)
    {
        var end = 0;
        for (; end < line.Length && line[end] is not ('=' or ':' or ' ' or '\t' or '\f'); end++)
        {
            end += line[end] == '\\' ? 1 : 0;
        }

        end = Math.Min(end, line.Length);
        var start = SkipWhiteSpace(line, end);
        return start < line.Length && line[start] is '=' or ':' ? (end, SkipWhiteSpace(line, start + 1)) : (end, start);
    }

    private static int SkipWhiteSpace(string line, int at)
    {
        while (at < line.Length && line[at] is ' ' or '\t' or '\f')
        {
            at++;
        }

        return at;
    }

    private static bool TryUnescape(ReadOnlySpan<char> text, int line, ICollection<string> problems, out string result)
    {
        var builder = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                builder.Append(text[i]);
                continue;
            }

            switch (text[++i])
            {
                case 'u':
                    var digits = text.Slice(i + 1, Math.Min(4, text.Length - i - 1));
                    if (digits.Length < 4
                        || !ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                    {
                        problems.Add($"line {line}: \\u must be followed by four hexadecimal digits.");
                        result = "";
                        return false;
                    }

                    builder.Append((char)code);
                    i += 4;
                    break;
                case 't':
                    builder.Append('\t');
                    break;
                case 'n':
                    builder.Append('\n');
                    break;
                case 'r':
                    builder.Append('\r');
                    break;
                case 'f':
                    builder.Append('\f');
                    break;
                case var other:
                    builder.Append(other);
                    break;
            }
        }

        result = builder.ToString();
        return true;
    }
}
