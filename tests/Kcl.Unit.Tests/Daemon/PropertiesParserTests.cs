using System.Text;
using System.Text.Json;
using CsCheck;
using Kcl.Daemon.Settings;

namespace Kcl.Unit.Tests.Daemon;

public sealed class PropertiesParserTests
{
    [Theory]
    [InlineData("tricky")]
    [InlineData("latin1")]
    public void Reads_what_Java_reads(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "assets", "properties");
        var problems = new List<string>();
        var read = PropertiesParser.Parse(File.ReadAllBytes(Path.Combine(folder, $"{name}.properties")), problems)
            .GroupBy(e => e.Key)
            .ToDictionary(g => g.Key, g => g.Last().Value);

        // The only intended difference: Java keeps white space at the end of a value.
        var expected = File.ReadLines(Path.Combine(folder, $"{name}.expected.jsonl"))
            .Select(l => JsonDocument.Parse(l).RootElement)
            .ToDictionary(e => e[0].GetString()!, e => e[1].GetString()!.TrimEnd(' ', '\t', '\f'));
        Assert.Equal(expected, read);
        Assert.Empty(problems);
    }

    [Fact]
    public void Utf8_is_read_as_such_with_or_without_a_mark()
    {
        Assert.Equal("é✓", Assert.Single(PropertiesParser.Parse(Encoding.UTF8.GetBytes("key=é✓"), [])).Value);
        Assert.Equal("key", Assert.Single(PropertiesParser.Parse([0xef, 0xbb, 0xbf, .. "key=1"u8], [])).Key);
    }

    [Fact]
    public void Entries_know_their_lines() =>
        Assert.Equal(
            [("a", 2), ("b", 4), ("c", 7)],
            PropertiesParser.Parse("# x\na=1\n\nb=1,\\\n  2,\\\n  3\nc=1", []).Select(e => (e.Key, e.Line)));

    [Theory]
    [InlineData("a=\\u12")]
    [InlineData("a=\\uXYZW")]
    public void An_escape_that_is_none_is_a_problem_of_its_line(string text)
    {
        var problems = new List<string>();
        Assert.Empty(PropertiesParser.Parse(text, problems));
        Assert.Contains("line 1", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_throws() => Gen.Byte.Array[0, 200].Sample(bytes => _ = PropertiesParser.Parse(bytes, []));

    [Fact]
    public void Nothing_throws_on_what_looks_like_properties() =>
        Gen.Char["ab=: \\\nu0#!\r\t"].Array[0, 60].Select(c => new string(c)).Sample(text => _ = PropertiesParser.Parse(text, []));
}
