using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kcl.Architecture.Tests;

/// <summary>Finds words that make technical English hard to read, in comments, in messages and in pages.</summary>
internal static partial class Wording
{
    /// <summary>Returns the forbidden words in the comments and texts of a source file.</summary>
    public static IEnumerable<string> InSource(SyntaxNode root)
    {
        var comments = root.DescendantTrivia()
            .Where(static trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)
                || trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia) || trivia.IsKind(
                    SyntaxKind.MultiLineDocumentationCommentTrivia))
            .Select(static trivia => (trivia.FullSpan.Start, Text: JoinLines(trivia.ToFullString())));
        var texts = root.DescendantTokens()
            .Where(static token => token.IsKind(SyntaxKind.StringLiteralToken) || token.IsKind(SyntaxKind.InterpolatedStringTextToken)
                || token.IsKind(SyntaxKind.MultiLineRawStringLiteralToken) || token.IsKind(SyntaxKind.SingleLineRawStringLiteralToken))
            .Select(static token => (Start: token.SpanStart, Text: token.Text));
        var source = root.SyntaxTree.GetText();
        return comments.Concat(texts)
            .SelectMany(part => Find(part.Text).Select(word => (source.Lines.IndexOf(part.Start + word.Index), word.Value)))
            .Select(static found => $"{found.Item1 + 1}: '{found.Value}'");
    }

    /// <summary>Returns the forbidden words in a page, except in its code blocks.</summary>
    public static IEnumerable<string> InPage(string markdown)
    {
        var isCode = false;
        foreach (var (line, number) in markdown.Split('\n').Select(static (line, i) => (line, i + 1)))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                isCode = !isCode;
            }

            foreach (var word in isCode ? [] : Find(line))
            {
                yield return $"{number}: '{word.Value}'";
            }
        }
    }

    private static IEnumerable<(int Index, string Value)> Find(string text) =>
        Forbidden().Matches(text).Select(static match => (match.Index, Spaces().Replace(match.Value, " ")));

    // The slashes at the start of a comment's lines become spaces, so that phrases are found across lines. Positions stay the same.
    private static string JoinLines(string comment) => LineStart().Replace(comment, static match => new string(' ', match.Length));

    [GeneratedRegex(@"(?<=\n)[ \t]*///?")]
    private static partial Regex LineStart();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(
        @"\b(who(m)?ever|whatsoever|anew|lest|thrives?|hitherto|heretofore|thereof|hence|for\s+want\s+of|none\s+of\s+(ours|mine)|(stands?|standing|stood)\s+on|good-?bye"
        + @"|be\s+it|of\s+one\s+such|as\s+good\s+as|(goes|went|gone)\s+on|(is|are|was|were|has|have|had)\s+to\s+be|told|tells|mends?|mended|mending|patience|chores?|chorus|posture|whatever"
        + @"|or\s+is\s+none|pester\w*|stirred|at\s+what\s+they\s+are\s+at"
        + @"|at\s+present|the\s+present\s+(stream|one|time|state|decider)|meanwhile(?=\s*[.,;])|in\s+(any|every)\s+case|in\s+doubt"
        + @"|at\s+the\s+start(?!\s+of)|abandons\s+the\s+call|first\s+look|regular\s+look|by\s+then|misses\s+nothing|(is|are)\s+gone"
        + @"|behaviours?|hand-?overs?|created\s+again)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();
}
