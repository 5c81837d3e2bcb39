using System.IO.Pipelines;
using System.Text;
using Kcl.Daemon.Children.Relay;
using Kcl.MultiLang.Protocol;
using Kcl.Unit.Tests.Internal;

namespace Kcl.Unit.Tests.Daemon;

public sealed class MessageReaderTests
{
    private const string Initialized = "{\"action\":\"status\",\"responseFor\":\"initialize\"}\n";
    private const string Everything = "{\"action\":\"checkpoint\"}";
    private readonly Pipe _stdout = new(new(pauseWriterThreshold: 0));
    private readonly TestClock _clock = new();
    private readonly LogList _log = new();
    private readonly List<ChildMessage> _messages = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_line_that_looks_like_a_message_and_is_none_is_warned_of_once_for_each_reason()
    {
        var reading = Start();
        await WriteAsync($"\n{Initialized}processing {Everything}\n{Everything}\nagain {Everything}\n{Everything}\n\n{Everything}\n");
        await EndAsync(reading);

        Assert.Equal([ChildMessageKind.Status, ChildMessageKind.Checkpoint], _messages.Select(m => m.Kind));
        Assert.Equal(
            [
                $"because there is other text on the line: processing {Everything}. ",
                $"because this child's library writes an empty line before each message, and this one has none: {Everything}. ",
            ],
            _log.All.Where(l => l.StartsWith("Warning", StringComparison.Ordinal)).Select(warning =>
            {
                const string Start = "Warning [shardId-000000000000] a line on its stdout looks like a message but was not "
                    + "accepted as one, ";
                const string End = "If it was a message, the child waits for a reply that it will not receive. "
                    + "Stdout is for the protocol: print everything else to stderr. (Logged once per child and reason.)";
                Assert.StartsWith(Start, warning, StringComparison.Ordinal);
                Assert.EndsWith(End, warning, StringComparison.Ordinal);
                return warning[Start.Length..^End.Length];
            }));
    }

    [Fact]
    public async Task A_child_that_waits_after_a_refused_line_is_named_again_and_again()
    {
        var reading = Start();
        await WriteAsync($"\n{Initialized}no end of line{Everything}\n");
        Assert.Equal(TimeSpan.FromSeconds(10), await _clock.AdvanceToNextTimerAsync());
        await _log.WaitForAsync("the child has sent nothing for 00:00:10. The last line on its stdout looked like a message but "
            + $"was not accepted: no end of line{Everything}");
        Assert.Equal(TimeSpan.FromMinutes(1), await _clock.AdvanceToNextTimerAsync());
        await _log.WaitForAsync("the child has sent nothing for 00:01:10.");

        // Any output shows that the child does not wait.
        await WriteAsync("working\n");
        await _log.WaitForAsync("working");
        await EndAsync(reading);
        Assert.Equal(2, _log.All.Count(l => l.Contains("has sent nothing", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_message_with_something_unusual_is_accepted_with_one_warning()
    {
        var reading = Start();
        await WriteAsync($"Starting… {Initialized}{{\"action\":\"checkpoint\",\"sequenceNumber\":\"1\",\"extra\":2}}\n");
        await EndAsync(reading);

        Assert.Equal([ChildMessageKind.Status, ChildMessageKind.Checkpoint], _messages.Select(m => m.Kind));
        var warning = Assert.Single(_log.All);
        Assert.Contains(
            "was accepted as a message although there is other text on the line: Starting… {",
            warning,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_message_is_logged_a_hundred_times_and_counted_though_nothing_more_is_printed()
    {
        var reading = Start();
        await WriteAsync(string.Concat(Enumerable.Range(0, 130).Select(i => $"noise {i:D3}\n")));
        Assert.Equal(TimeSpan.FromSeconds(10), await _clock.AdvanceToNextTimerAsync());
        await _log.WaitForAsync("30 more lines (270 bytes) on its stdout that are not messages were not logged");
        await EndAsync(reading);

        Assert.Equal(101, _log.All.Count);
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_no_message_even_if_it_begins_with_one()
    {
        var reading = Start();
        await WriteAsync(Initialized + Everything + new string(' ', 70_000) + "\n");
        await EndAsync(reading);

        Assert.Single(_messages);
        Assert.Contains(_log.All, l => l.Contains("looks like a message but was not accepted as one", StringComparison.Ordinal));
    }

    private Task Start()
    {
        var reader = new MessageReader(_stdout.Reader.AsStream(), new("shardId-000000000000"), _log, _clock, Take);
        return Task.Run(reader.ReadAsync, Token);
    }

    private bool Take(ChildMessage message)
    {
        _messages.Add(message);
        return true;
    }

    private async Task WriteAsync(string text) => await _stdout.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), Token);

    private async Task EndAsync(Task reading)
    {
        await _stdout.Writer.CompleteAsync();
        await reading.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);
    }
}
