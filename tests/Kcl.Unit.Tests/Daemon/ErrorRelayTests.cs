using System.IO.Pipelines;
using System.Text;
using CsCheck;
using Kcl.Daemon.Children.Relay;
using Kcl.Unit.Tests.Internal;

namespace Kcl.Unit.Tests.Daemon;

public sealed class ErrorRelayTests
{
    private static readonly ShardId Shard = new("shardId-000000000000");
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly Gen<(int[], int)> Arrivals = Gen.Select(
        Gen.OneOf(Gen.Int[0, 100], Gen.Int[8_180, 8_200], Gen.Int[0, 50_000]).Array[1, 4],
        Gen.Int[1, 20_000]);

    private readonly Pipe _stderr = new(new(pauseWriterThreshold: 0));
    private readonly TestClock _clock = new();
    private readonly LogList _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_line_without_an_end_is_shown_after_a_second_of_silence_and_continues()
    {
        var relaying = Start();
        await WriteAsync("whole\nhalf a li");
        Assert.Equal(Second, await _clock.AdvanceToNextTimerAsync());
        await _log.WaitForAsync("half a li");
        await WriteAsync("ne\n");
        await EndAsync(relaying);

        Assert.Equal(["whole", "half a li", "ne"], LoggedTexts());
    }

    [Fact]
    public async Task What_keeps_coming_is_not_silent()
    {
        using var stderr = new SteppedStream();
        var relaying = Task.Run(() => new ErrorRelay(stderr, Shard, _log, _log, _clock).ReadAsync(), Token);
        await stderr.GiveAsync([.. "one"u8]);
        await _clock.AdvanceWhenArmedAsync(TimeSpan.FromMilliseconds(900));
        await stderr.GiveAsync([.. " two"u8]);
        await _clock.AdvanceWhenArmedAsync(TimeSpan.FromMilliseconds(900));
        await stderr.GiveAsync([.. " three\n"u8]);
        await stderr.GiveAsync([]);
        await relaying.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);

        Assert.Equal(["one two three"], LoggedTexts());
    }

    [Fact]
    public async Task Half_a_character_waits_for_its_other_half()
    {
        var relaying = Start();
        await WriteAsync([.. "caf"u8, 0xC3]);
        await _clock.AdvanceToNextTimerAsync();
        await _log.WaitForAsync("caf");
        await WriteAsync([0xA9, (byte)'\n']);
        await EndAsync(relaying);

        Assert.Equal(["caf", "é"], LoggedTexts());
    }

    [Fact]
    public Task Nothing_is_cut_away_however_long_a_line_is_and_however_it_arrives() => Arrivals.SampleAsync(async (lengths, step) =>
    {
        var log = new LogList();
        var lines = lengths.Select((length, i) => string.Concat(Enumerable.Repeat("aé€\U0001F600"[(i % 3)..], (length / 4) + 1)));
        var text = string.Join('\n', lines);
        var bytes = Encoding.UTF8.GetBytes(text);
        var pipe = new Pipe(new(pauseWriterThreshold: 0));
        foreach (var chunk in bytes.Chunk(step))
        {
            await pipe.Writer.WriteAsync(chunk, Token);
        }

        await pipe.Writer.CompleteAsync();
        await new ErrorRelay(pipe.Reader.AsStream(), Shard, log, log, _clock).ReadAsync();

        Assert.Equal(Encoding.UTF8.GetString(bytes).Replace("\n", "", StringComparison.Ordinal), string.Concat(LoggedTexts(log)));
        Assert.All(LoggedTexts(log), l => Assert.InRange(Encoding.UTF8.GetByteCount(l), 1, ErrorRelay.MaxPiece));
    }, iter: 100);

    [Fact]
    public async Task A_thousand_lines_a_second_pass_and_the_rest_is_counted_though_nothing_more_is_printed()
    {
        var relaying = Start();
        await WriteAsync(string.Concat(Enumerable.Range(0, 1500).Select(i => $"line {i:D4}\n")));
        Assert.Equal(Second, await _clock.AdvanceToNextTimerAsync());
        await _log.WaitForAsync("500 more lines (4500 bytes) on its stderr were not logged");
        await WriteAsync("later\n");
        await EndAsync(relaying);

        Assert.Equal(1000 + 2, _log.All.Count);
        Assert.Equal("line 0999", LoggedTexts()[999]);
        Assert.Equal("later", LoggedTexts()[^1]);
    }

    [Fact]
    public async Task A_megabyte_a_second_passes_and_the_end_counts_the_rest()
    {
        var relaying = Start();
        await WriteAsync(string.Concat(Enumerable.Repeat(new string('x', 8_000) + "\n", 200)));
        await EndAsync(relaying);

        Assert.InRange(LoggedTexts().Sum(l => l.Length), 1024 * 1024, (1024 * 1024) + 8_000);
        Assert.Equal(200, LoggedTexts().Count(l => l.StartsWith('x')) + 68);
        Assert.Contains("68 more lines (544000 bytes) on its stderr were not logged", _log.All[^1], StringComparison.Ordinal);
    }

    private Task Start() => Task.Run(() => new ErrorRelay(_stderr.Reader.AsStream(), Shard, _log, _log, _clock).ReadAsync(), Token);

    private Task WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    private async Task WriteAsync(byte[] bytes) => await _stderr.Writer.WriteAsync(bytes, Token);

    private async Task EndAsync(Task relaying)
    {
        await _stderr.Writer.CompleteAsync();
        await relaying.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);
    }

    private List<string> LoggedTexts() => LoggedTexts(_log);

    private static List<string> LoggedTexts(LogList log)
    {
        const string Prefix = "Information [shardId-000000000000] ";
        return [.. log.All.Where(l => l.StartsWith(Prefix, StringComparison.Ordinal)).Select(l => l[Prefix.Length..])];
    }
}
