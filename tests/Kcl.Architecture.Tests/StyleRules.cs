using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kcl.Architecture.Tests;

/// <summary>The rules for the form of source files. Each returns its violations, as <c>line: description</c>.</summary>
internal static class StyleRules
{
    public const int MaxLines = 500;
    public const int MaxLineLength = 140;
    public const int MaxConstructorParameters = 7;
    public const int MaxTupleAssignment = 3;

    public static IEnumerable<string> LongFile(string text)
    {
        var lines = text.AsSpan().Count('\n');
        return lines <= MaxLines ? [] : [$"{lines} lines; at most {MaxLines} are accepted"];
    }

    /// <summary>
    /// Returns the long lines, except those with a text without spaces or a raw string literal, which are recorded data.
    /// </summary>
    public static IEnumerable<string> LongLines(SyntaxNode root)
    {
        var source = root.SyntaxTree.GetText();
        var data = root.DescendantTokens()
            .Where(static token => IsRawText(token) || (token.IsKind(SyntaxKind.StringLiteralToken) && IsOneLongWord(token.Text)))
            .SelectMany(token => Enumerable.Range(
                source.Lines.IndexOf(token.SpanStart),
                source.Lines.IndexOf(token.Span.End) - source.Lines.IndexOf(token.SpanStart) + 1))
            .ToHashSet();
        return source.Lines
            .Where(line => line.Span.Length > MaxLineLength && !data.Contains(line.LineNumber))
            .Select(line => $"{line.LineNumber + 1}: {line.Span.Length} characters; at most {MaxLineLength} are accepted");
    }

    public static IEnumerable<string> ManyConstructorParameters(SyntaxNode root)
    {
        foreach (var node in root.DescendantNodes())
        {
            var (name, parameters) = node switch
            {
                ConstructorDeclarationSyntax constructor => (constructor.Identifier.Text, constructor.ParameterList),
                TypeDeclarationSyntax type => (type.Identifier.Text, type.ParameterList),
                _ => ("", null),
            };
            if (parameters?.Parameters.Count is > MaxConstructorParameters and var count)
            {
                yield return $"{LineOf(node)}: the constructor of {name} has {count} parameters; at most "
                    + $"{MaxConstructorParameters} are accepted";
            }
        }
    }

    public static IEnumerable<string> LongTupleAssignments(SyntaxNode root) => root.DescendantNodes().OfType<AssignmentExpressionSyntax>()
        .Where(assignment => assignment.Left is TupleExpressionSyntax { Arguments.Count: > MaxTupleAssignment }
            && assignment.Right is TupleExpressionSyntax)
        .Select(assignment => $"{LineOf(assignment)}: assigns more than {MaxTupleAssignment} values in one tuple");

    public static IEnumerable<string> SeveralPublicTypes(SyntaxNode root, string fileName)
    {
        var types = root.DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(static type => type is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax
                && type.Modifiers.Any(SyntaxKind.PublicKeyword))
            .Select(static type => type is BaseTypeDeclarationSyntax named
                ? named.Identifier.Text
                : ((DelegateDeclarationSyntax)type).Identifier.Text)
            .ToList();
        var expected = fileName.Split('.')[0];
        return types.Where((name, i) => i > 0 || name != expected)
            .Select(name => $"the public type {name} belongs in a file of its own: {name}.cs");
    }

    public static IEnumerable<string> TestNames(SyntaxNode root) => root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        .Where(static method => method.AttributeLists.SelectMany(static list => list.Attributes)
            .Any(static attribute => attribute.Name.ToString() is var name
                && (name.EndsWith("Fact", StringComparison.Ordinal) || name.EndsWith("Theory", StringComparison.Ordinal))))
        .Where(static method => !IsSentence(method.Identifier.Text))
        .Select(static method => $"{LineOf(method)}: '{method.Identifier.Text}' is not a sentence with underscores: "
            + "What_happens_when_something");

    private static bool IsRawText(SyntaxToken token) => token.Kind() is SyntaxKind.SingleLineRawStringLiteralToken
        or SyntaxKind.Utf8SingleLineRawStringLiteralToken
        or SyntaxKind.Utf8MultiLineRawStringLiteralToken
        or SyntaxKind.MultiLineRawStringLiteralToken
        or SyntaxKind.InterpolatedSingleLineRawStringStartToken
        or SyntaxKind.InterpolatedMultiLineRawStringStartToken
        || (token.IsKind(SyntaxKind.InterpolatedStringTextToken)
            && token.Parent?.Parent is InterpolatedStringExpressionSyntax { StringStartToken.Text: var start }
            && start.Contains("\"\"\"", StringComparison.Ordinal));

    private static bool IsOneLongWord(string text) => text.Length > MaxLineLength / 2 && !text.Contains(' ', StringComparison.Ordinal);

    private static bool IsSentence(string name) =>
        name.Contains('_', StringComparison.Ordinal) && !name.Contains("__", StringComparison.Ordinal) && name[^1] != '_';

    private static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}
