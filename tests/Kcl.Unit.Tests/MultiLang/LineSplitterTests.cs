using System.Text;
using CsCheck;
using Kcl.MultiLang.Protocol;

namespace Kcl.Unit.Tests.MultiLang;

public sealed class LineSplitterTests
{
    private static readonly Gen<string> Texts = Gen.Char["abcé€\U0001F600\n\r"].Array[0, 200].Select(c => new string(c));

    private static readonly Gen<(string, int, int)> Arrivals =
        Gen.Select(Gen.Char["abc\n\r"].Array[0, 200].Select(c => new string(c)), Gen.Int[1, 50], Gen.Int[1, 40]);

    private static readonly Gen<(string, int, int)> Pieces = Gen.Select(Texts, Gen.Int[1, 50], Gen.Int[4, 40]);

    [Fact]
    public void Every_kind_of_line_end_ends_a_line_and_so_does_the_end_of_the_output() =>
        Assert.Equal(["a", "b", "c", "d"], Texts_of(Split("a\nb\r\n\n\rc\rd", new(100), 3)));

    [Theory]
    [InlineData("a\n\nb\nc", "b")]
    [InlineData("\nb\nc", "b")]
    [InlineData("\n\n\nb\nc", "b")]
    [InlineData("a\r\n\r\nb\r\nc", "b")]
    [InlineData("a\r\nb\r\nc", "")]
    [InlineData("a\rb\rc", "")]
    [InlineData("a\r\rb\rc", "b")]
    [InlineData("a\n\r\nb\nc", "b")]
    [InlineData("a\n \nb", "")]
    [InlineData("toolong\nb", "")]
    [InlineData("toolong\n\nb", "b")]
    public void A_line_knows_whether_it_follows_an_empty_one(string text, string following)
    {
        for (var step = 1; step <= text.Length; step++)
        {
            var lines = Split(text, new(5), step);
            Assert.Equal(following, string.Join(",", lines.Where(l => l.Follows == LineBefore.EmptyLine).Select(l => l.Text)));
        }
    }

    [Fact]
    public void A_line_without_end_is_cut_and_its_rest_dropped()
    {
        var lines = Split(new string('x', 100_000) + "\nok\n", new(10_000), 1000);

        Assert.Equal([10_000, 2], lines.Select(l => l.Text.Length));
        Assert.Equal([false, true], lines.Select(l => l.IsWhole));
    }

    [Fact]
    public void Lines_do_not_depend_on_how_they_arrive() => Arrivals.Sample((text, step, cap) =>
    {
        var expected = text.Split('\n', '\r').Where(l => l.Length > 0).Select(l => l.Length > cap ? l[..cap] : l);
        Assert.Equal(expected, Texts_of(Split(text, new(cap), step)));
        Assert.Equal(Split(text, new(cap), text.Length + 1).Select(l => l.Follows), Split(text, new(cap), step).Select(l => l.Follows));
    });

    [Fact]
    public void A_long_line_in_pieces_loses_nothing_and_no_character_is_cut() => Pieces.Sample((text, step, cap) =>
    {
        // A text with an unpaired surrogate cannot be compared.
        text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        var pieces = Split(text, new(cap, splitLongLines: true), step);

        Assert.Equal(string.Concat(text.Split('\n', '\r')), string.Concat(Texts_of(pieces)));
        Assert.All(pieces, p => Assert.InRange(Encoding.UTF8.GetByteCount(p.Text), 1, cap));
    });

    [Fact]
    public void What_has_come_of_a_line_can_be_taken_before_its_end_apart_from_half_a_character()
    {
        var splitter = new LineSplitter(100, splitLongLines: true);
        Add(splitter, [.. "caf"u8, 0xC3]);
        Assert.False(splitter.TryTake(out _));
        Assert.True(splitter.TryTakeUnfinished(out var first));
        Assert.Equal("caf", Encoding.UTF8.GetString(first.Text.Span));
        Assert.False(splitter.TryTakeUnfinished(out _));
        Add(splitter, [0xA9, .. "!\nnext\n"u8]);
        Assert.True(splitter.TryTake(out var second));
        Assert.Equal("é!", Encoding.UTF8.GetString(second.Text.Span));
        Assert.True(splitter.TryTake(out var third));
        Assert.Equal("next", Encoding.UTF8.GetString(third.Text.Span));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_passed_on()
    {
        var splitter = new LineSplitter(4, splitLongLines: true);
        Add(splitter, [0x80, 0x80, 0x80, 0x80, 0x80, 0xFF, 0xF0]);
        Assert.True(splitter.TryTake(out var piece));
        Assert.Equal(4, piece.Text.Length);
        Assert.True(splitter.TryTakeUnfinished(out piece));
        Assert.Equal(2, piece.Text.Length);
        splitter.Add(0);
        Assert.True(splitter.TryTake(out piece));
        Assert.Equal([0xF0], piece.Text.ToArray());
    }

    private static IEnumerable<string> Texts_of(IEnumerable<Line> lines) => lines.Select(l => l.Text);

    private static List<Line> Split(string text, LineSplitter splitter, int step)
    {
        var lines = new List<Line>();
        foreach (var chunk in Encoding.UTF8.GetBytes(text).Chunk(step).Append([]))
        {
            if (chunk.Length == 0)
            {
                splitter.Add(0);
            }
            else
            {
                Add(splitter, chunk);
            }

            while (splitter.TryTake(out var line))
            {
                lines.Add(new(Encoding.UTF8.GetString(line.Text.Span), line.Follows, line.IsWhole));
            }
        }

        return lines;
    }

    private static void Add(LineSplitter splitter, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = splitter.GetRoom();
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room.Span);
            splitter.Add(count);
            bytes = bytes[count..];
        }
    }

    private sealed record Line(string Text, LineBefore Follows, bool IsWhole);
}
