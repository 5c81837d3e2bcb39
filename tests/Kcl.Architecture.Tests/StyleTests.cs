using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kcl.Architecture.Tests;

public class StyleTests
{
    private static readonly string[] CodeFolders = ["src", "tests", "samples", "bench"];

    [Fact]
    public void No_file_is_longer_than_500_lines() => Report.None(Check(CodeFolders, static source => StyleRules.LongFile(source.Text)));

    [Fact]
    public void No_line_is_longer_than_140_characters() =>
        Report.None(Check(CodeFolders, static source => StyleRules.LongLines(source.Root)));

    [Fact]
    public void No_constructor_has_more_than_seven_parameters() =>
        Report.None(Check(["src"], static source => StyleRules.ManyConstructorParameters(source.Root)));

    [Fact]
    public void No_tuple_assigns_more_than_three_values() =>
        Report.None(Check(["src"], static source => StyleRules.LongTupleAssignments(source.Root)));

    [Fact]
    public void Every_public_type_has_a_file_of_its_own() =>
        Report.None(Check(["src"], static source => StyleRules.SeveralPublicTypes(source.Root, Path.GetFileName(source.Path))));

    [Fact]
    public void Every_test_is_named_by_a_sentence() => Report.None(Check(["tests"], static source => StyleRules.TestNames(source.Root)));

    [Fact]
    public void Comments_and_messages_use_plain_words() =>
        Report.None(Check(CodeFolders, static source => IsAboutWords(source.Path) ? [] : Wording.InSource(source.Root)));

    [Fact]
    public void Pages_use_plain_words() => Report.None(
        Repository.Files("docs", "*.md").Append(Path.Combine(Repository.Root, "README.md"))
            .SelectMany(static path => Wording.InPage(File.ReadAllText(path))
                .Select(problem => $"{Path.GetRelativePath(Repository.Root, path)}:{problem}")));

    [Fact]
    public void Planted_faults_are_found()
    {
        var longLine = new string(' ', StyleRules.MaxLineLength) + "// x";
        var root = Parse(
            $$"""
            public class One(int a, int b, int c, int d, int e, int f, int g, int h);
            public class Two
            {
                public Two(int a, int b, int c, int d, int e, int f, int g) => (A, B, C, D) = (a, b, c, d);
                (int A, int B, int C) M() => (A, B, C) = (1, 2, 3);
                /// <summary>Gives it to whoever asks.</summary>
                [Fact] public void ItWorks() => throw new Exception($"It {{"{"}}1} stands
             on it.");
                [EveryTheory] public void It_works() { } // tells nothing
            }
            internal class Three;
            """);

        Assert.Equal(["1: the constructor of One has 8 parameters; at most 7 are accepted"], StyleRules.ManyConstructorParameters(root));
        Assert.Equal(["4: assigns more than 3 values in one tuple"], StyleRules.LongTupleAssignments(root));
        Assert.Equal(["the public type Two belongs in a file of its own: Two.cs"], StyleRules.SeveralPublicTypes(root, "One.cs"));
        Assert.Equal(["7: 'ItWorks' is not a sentence with underscores: What_happens_when_something"], StyleRules.TestNames(root));
        Assert.Equal(
            ["6: 'whoever'", "9: 'tells'"],
            Wording.InSource(root).Where(static problem => !problem.Contains("stands", StringComparison.Ordinal)));
        Assert.Equal(["1: 144 characters; at most 140 are accepted"], StyleRules.LongLines(Parse(longLine)));
        Assert.Empty(StyleRules.LongLines(Parse($"var hex = \"{new string('f', StyleRules.MaxLineLength)}\";")));
        Assert.Single(StyleRules.LongLines(Parse($"var words = \"{longLine}\";")));
        Assert.Empty(StyleRules.LongFile(new string('\n', StyleRules.MaxLines)));
        Assert.Equal(["501 lines; at most 500 are accepted"], StyleRules.LongFile(new string('\n', StyleRules.MaxLines + 1)));
        Assert.Equal(["1: 'told'", "5: 'Goes on'"], Wording.InPage("It is told.\n```\ntold\n```\nGoes on."));
    }

    [Theory]
    [InlineData("Writes fail at present.", "at present")]
    [InlineData("It belongs to the present stream.", "the present stream")]
    [InlineData("If a live owner renews meanwhile, it is repeated.", "meanwhile")]
    [InlineData("It ends in any case.", "in any case")]
    [InlineData("It completes in every case.", "in every case")]
    [InlineData("In doubt an aggregate is delivered.", "In doubt")]
    [InlineData("Rows are refused at the start.", "at the start")]
    [InlineData("Abandons the call.", "Abandons the call")]
    [InlineData("The instant of the first look.", "first look")]
    [InlineData("It is noticed by the regular look.", "regular look")]
    [InlineData("By then, one of them has created it.", "By then")]
    [InlineData("A later reader misses nothing.", "misses nothing")]
    [InlineData("The leader is gone.", "is gone")]
    [InlineData("Their rows are gone.", "are gone")]
    [InlineData("The behaviour is that of Java.", "behaviour")]
    [InlineData("A hand-over is pending.", "hand-over")]
    [InlineData("The stream was created again.", "created again")]
    public void Phrases_that_are_hard_to_read_are_found(string text, string found)
    {
        Assert.Equal([$"1: '{found}'"], Wording.InPage(text));
        Assert.Equal([$"1: '{found}'"], Wording.InSource(Parse($"class A; // {text}")));
        Assert.Equal([$"1: '{found}'"], Wording.InSource(Parse($"var a = \"{text}\";")));
    }

    [Theory]
    [InlineData("The words at the start of a line.")]
    [InlineData("In a case of doubt, the presentation continues; meanwhile writes go through.")]
    [InlineData("Its behavior is documented; the hand-off starts.")]
    public void Similar_phrases_are_accepted(string text) => Assert.Empty(Wording.InPage(text));

    [Fact]
    public void A_phrase_is_found_across_the_lines_of_a_comment() => Assert.Equal(
        ["2: 'in any case'"],
        Wording.InSource(Parse("class A\n{ /// <summary>The worker stops in\n    /// any case.</summary>\n    int B; }")));

    private static bool IsAboutWords(string path) => Path.GetFileName(path) is "Wording.cs" or "StyleTests.cs";

    private static SyntaxNode Parse(string text) => CSharpSyntaxTree.ParseText(text).GetRoot();

    private static IEnumerable<string> Check(string[] folders, Func<Source, IEnumerable<string>> rule) =>
        Sources.Value.Where(source => folders.Contains(source.Path.Split('/')[0]))
            .SelectMany(source => rule(source).Select(problem => $"{source.Path}:{problem}"));

    private static readonly Lazy<IReadOnlyList<Source>> Sources = new(static () =>
        [.. CodeFolders.SelectMany(static folder => Repository.Files(folder, "*.cs"))
            .Select(static path => new Source(Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), File.ReadAllText(path)))]);

    private sealed record Source(string Path, string Text)
    {
        private readonly Lazy<SyntaxNode> _root = new(() => Parse(Text));

        public SyntaxNode Root => _root.Value;
    }
}
