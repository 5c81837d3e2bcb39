using System.Text;

namespace Kcl.Daemon.Children.Command;

/// <summary>Splits <c>executableName</c> into words: at spaces, as Java does, or as a shell does if the text contains quotes.</summary>
internal static class CommandLine
{
    /// <summary>Splits a command.</summary>
    /// <param name="text">The command.</param>
    /// <param name="words">The words; the first is the program.</param>
    /// <param name="problem">A description of what is wrong with the command; null if it is valid.</param>
    /// <returns>True if the text is a command; otherwise, false.</returns>
    public static bool TrySplit(string text, out IReadOnlyList<string> words, out string? problem)
    {
        problem = null;
        if (!text.AsSpan().ContainsAny('"', '\''))
        {
            // Java splits at spaces only. A tab within a word is never intended, so tabs separate words too.
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
                EndWord(words, word, ref inWord);
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
                inWord = true;
            }
            else if (quote != '\0' && c == quote)
            {
                quote = '\0';
            }
            else
            {
                // A backslash is an escape only before characters that need one, so that Windows paths keep their backslashes.
                if (c == '\\' && i + 1 < text.Length && IsEscapable(text[i + 1], quote))
                {
                    c = text[++i];
                }

                word.Append(c);
                inWord = true;
            }
        }

        EndWord(words, word, ref inWord);
        return quote == '\0';
    }

    private static bool IsEscapable(char character, char quote) => quote switch
    {
        '\0' => character is ' ' or '"' or '\'' or '\\',
        '"' => character is '"' or '\\',
        _ => false,
    };

    private static void EndWord(List<string> words, StringBuilder word, ref bool inWord)
    {
        if (inWord)
        {
            words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }
}
