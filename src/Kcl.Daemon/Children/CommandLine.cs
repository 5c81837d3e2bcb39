using System.Text;

namespace Kcl.Daemon.Children;

/// <summary>Splits <c>executableName</c> into words: on spaces, as Java does, and where there are quotes or backslashes before one, as a shell would.</summary>
internal static class CommandLine
{
    /// <summary>Splits.</summary>
    /// <param name="text">The command.</param>
    /// <param name="words">Its words.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <returns>Whether it makes a command.</returns>
    public static bool TrySplit(string text, out IReadOnlyList<string> words, out string? problem)
    {
        problem = null;
        if (!text.AsSpan().ContainsAny('"', '\''))
        {
            // Java splits on spaces alone; tabs are no more wanted inside a word here than there.
            words = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        }
        else if (!TrySplitQuoted(text, out var split))
        {
            words = [];
            problem = "a quote is not closed";
            return false;
        }
        else
        {
            words = split;
        }

        if (words.Count == 0)
        {
            problem = "it is empty";
        }

        return problem is null;
    }

    private static bool TrySplitQuoted(string text, out List<string> words)
    {
        words = [];
        var word = new StringBuilder();
        var inWord = false;
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == '\0' && c is ' ' or '\t')
            {
                Take(words, word, ref inWord);
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                (quote, inWord) = (c, true);
            }
            else if (quote != '\0' && c == quote)
            {
                quote = '\0';
            }
            else
            {
                // As in a shell, but only before what it could be meant for: a path of Windows keeps its backslashes.
                if (c == '\\' && i + 1 < text.Length && ((quote == '\0' && text[i + 1] is ' ' or '"' or '\'' or '\\') || (quote == '"' && text[i + 1] is '"' or '\\')))
                {
                    c = text[++i];
                }

                word.Append(c);
                inWord = true;
            }
        }

        Take(words, word, ref inWord);
        return quote == '\0';
    }

    private static void Take(List<string> words, StringBuilder word, ref bool inWord)
    {
        if (inWord)
        {
            words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }
}
