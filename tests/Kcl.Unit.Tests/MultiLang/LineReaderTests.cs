using System.Text;
using CsCheck;
using Kcl.MultiLang.Protocol;

namespace Kcl.Unit.Tests.MultiLang;

public sealed class LineReaderTests
{
    [Fact]
    public async Task Every_kind_of_line_end_and_a_last_line_without_one() =>
        Assert.Equal(["a", "b", "c", "d"], await ReadAll("a\nb\r\n\n\rc\rd", 100, 3));

    [Fact]
    public async Task A_line_without_end_is_cut_and_its_rest_dropped()
    {
        var reader = new LineReader(new Trickle(Encoding.UTF8.GetBytes(new string('x', 100_000) + "\nok\n"), 1000), 10_000);

        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(reader.WasTruncated);
        Assert.Equal(10_000, line!.Value.Length);
        Assert.Equal("ok", Encoding.UTF8.GetString((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!.Value.Span));
        Assert.False(reader.WasTruncated);
        Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public Task Lines_do_not_depend_on_how_they_arrive() => Gen.Select(Gen.Char["abc\n\r"].Array[0, 200].Select(c => new string(c)), Gen.Int[1, 50], Gen.Int[1, 40]).SampleAsync(async (text, step, cap) =>
    {
        var expected = text.Split('\n', '\r').Where(l => l.Length > 0).Select(l => l.Length > cap ? l[..cap] : l);
        Assert.Equal(expected, await ReadAll(text, cap, step));
    });

    private static async Task<List<string>> ReadAll(string text, int cap, int step)
    {
        var reader = new LineReader(new Trickle(Encoding.UTF8.GetBytes(text), step), cap);
        var lines = new List<string>();
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lines.Add(Encoding.UTF8.GetString(line.Span));
        }

        return lines;
    }

    private sealed class Trickle(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, step)], cancellationToken);
    }
}
