using System.Globalization;
using System.Text.Json;
using Kcl.Cli.Diagnostics;
using Kcl.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Cli;

public sealed class StderrLoggerFactoryTests : IDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(1);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly LogStream _stream = new();

    public void Dispose() => _stream.Gate.Open();

    [Fact]
    public void A_line_of_JSON_carries_what_the_message_was_made_of()
    {
        using var factory = Factory(json: true);
        factory.CreateLogger("Kcl.X")
            .Log(
                LogLevel.Warning,
                new EventId(7, "Seven"),
                new InvalidDataException("bad"),
                "Shard {ShardId} is {Behind} behind:\n{Owner}",
                "s\"1",
                5,
                null);
        factory.Dispose();

        using var line = JsonDocument.Parse(_stream.Text);
        Assert.Equal(
            "1970-01-01T00:00:00.000Z Warning Kcl.X 7 Seven",
            string.Join(
                ' ',
                new[] { "time", "level", "category", "eventId", "event" }.Select(n => line.RootElement.GetProperty(n).ToString())));
        Assert.Equal("""{"shardId":"s\"1","behind":5,"owner":null}""", line.RootElement.GetProperty("fields").GetRawText());
        Assert.Contains("InvalidDataException: bad", line.RootElement.GetProperty("exception").GetString(), StringComparison.Ordinal);
        Assert.Single(_stream.Text.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void A_placeholder_may_be_called_like_a_part_of_the_line()
    {
        using var factory = Factory(json: true);
        KeyValuePair<string, object?>[] state = [
            new("Message", 1),
            new("message", 2),
            new("Time", 3),
            new("Level", 4),
            new("Exception", 5),
            new("Fields", 6),
        ];
        factory.CreateLogger("C").Log(LogLevel.Information, default, state, null, static (_, _) => "1 2 3 4 5 6");
        factory.CreateLogger("C").LogInformation("nothing to fill in");
        factory.Dispose();

        var lines = _stream.Text.TrimEnd('\n').Split('\n');
        Assert.Equal(
            """{"time":"1970-01-01T00:00:00.000Z","level":"Information","category":"C","message":"1 2 3 4 5 6","fields":{"message":1,"time":3,"level":4,"exception":5,"fields":6}}""",
            lines[0]);
        Assert.EndsWith("\"message\":\"nothing to fill in\"}", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_line_is_one_write_however_long_it_is(bool json)
    {
        using var factory = Factory(json);
        factory.CreateLogger("C").LogInformation("{Text}", new string('x', 5000));
        factory.CreateLogger("C").LogInformation("short");
        factory.Dispose();
        Assert.Equal(2, _stream.Writes.Count);
        Assert.All(_stream.Writes, line => Assert.EndsWith("\n", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_value_that_cannot_be_formatted_does_not_reach_the_caller(bool json)
    {
        using var factory = Factory(json);
        var logger = factory.CreateLogger("C");
        logger.Log(LogLevel.Error, new EventId(5), new Unprintable(), "{N}", 1);
        logger.Log(LogLevel.Error, default, 0, null, static (_, _) => throw new FormatException("no"));
        logger.Log(
            LogLevel.Information,
            default,
            new KeyValuePair<string, object?>[] { new("", 1), new("N", new Unprintable()) },
            null,
            static (_, _) => "a value");
        logger.LogInformation("lone surrogate {Text}", "\ud800");
        logger.LogInformation("good");
        factory.Dispose();
        Assert.Equal(5, _stream.Writes.Count);
        Assert.Contains("could not be formatted: FormatException", _stream.Writes[1], StringComparison.Ordinal);
        Assert.Contains("good", _stream.Writes[4], StringComparison.Ordinal);
        Assert.All(_stream.Writes, line => Assert.True(!json || JsonDocument.Parse(line).RootElement.ValueKind == JsonValueKind.Object));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_disk_costs_lines_and_says_how_many(bool json)
    {
        var (factory, output) = Create(json, LogQueueLimits.Default, MinPause);
        var logger = factory.CreateLogger("C");
        logger.LogInformation("before");
        Assert.True(output.TryFlush(MaxWait));

        // The disk becomes full during the second line. The next attempt writes the count of lost lines, so no other line is lost.
        var attempts = 0;
        _stream.Room = () => ++attempts switch { 1 => 10, < 5 => 0, _ => null };
        logger.LogWarning("torn");
        logger.LogError("kept");
        logger.LogInformation("after");
        Assert.True(output.TryFlush(MaxWait));

        var lines = _stream.Text.TrimEnd('\n').Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.Contains("before", lines[0], StringComparison.Ordinal);
        Assert.Equal(10, lines[1].Length);
        var lost = lines[2];
        Assert.Contains(
            "Log entries are missing here since 1970-01-01T00:00:00.0000000+00:00: 1 (0 information, 1 warning, 0 error), "
                + "because writing failed (IOException: No space left on device)",
            lost,
            StringComparison.Ordinal);
        Assert.Contains("kept", lines[3], StringComparison.Ordinal);
        Assert.Contains("after", lines[4], StringComparison.Ordinal);
        if (json)
        {
            using var line = JsonDocument.Parse(lost);
            Assert.Equal(
                ("LogEntriesLost", "Warning", 1),
                (
                    line.RootElement.GetProperty("event").GetString(),
                    line.RootElement.GetProperty("level").GetString(),
                    line.RootElement.GetProperty("fields").GetProperty("count").GetInt32()));
        }
        else
        {
            Assert.StartsWith("1970-01-01 00:00:00.000Z warn  Kcl.Logging: ", lost, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pipe_that_is_not_read_does_not_block_the_caller()
    {
        var (factory, output) = Create(json: false, new(100, 1_000_000), MinPause);
        var logger = factory.CreateLogger("C");
        _stream.Gate.Close();
        logger.LogInformation("first");
        await _stream.Gate.Blocked;
        for (var n = 0; n < 10_000; n++)
        {
            logger.LogInformation("{N}", n);
        }

        logger.LogError("it is serious");
        factory.Dispose(); // waits for at most one second
        Assert.Empty(_stream.Writes);

        // A flush does not wait if the log has made no progress since the last flush timed out. The progress can take a short time.
        _stream.Gate.Open();
        Assert.True(SpinWait.SpinUntil(() => output.TryFlush(MaxWait), MaxWait));
        var lines = _stream.Writes.Select(line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..].TrimEnd()).ToArray();
        Assert.Equal(
            [
                "first",
                .. Enumerable.Range(0, 75).Select(n => $"{n}"),
                "Log entries are missing here since 1970-01-01T00:00:00.0000000+00:00: 9925 (9925 information, 0 warning, 0 "
                    + "error), because the log did not accept entries fast enough",
                "it is serious",
            ],
            lines);
    }

    [Fact]
    public void What_is_written_for_people_comes_in_whole_lines_and_in_order_with_the_log()
    {
        var (factory, output) = Create(json: false, LogQueueLimits.Default, MinPause);
        output.Write("kcl: one");
        factory.CreateLogger("C").LogInformation("between");
        output.WriteLine(" half and the other");
        output.Write("no end");
        output.Flush();
        Assert.Equal(
            ["1970-01-01 00:00:00.000Z info  C: between\n", $"kcl: one half and the other{Environment.NewLine}", "no end"],
            _stream.Writes);
    }

    private StderrLoggerFactory Factory(bool json) => Create(json, LogQueueLimits.Default, MinPause).Factory;

    private (StderrLoggerFactory Factory, LineWriter Output) Create(bool json, LogQueueLimits limits, TimeSpan pause)
    {
        var output = new LineWriter(StandardError.CreateWriter(_stream), _time, limits, pause);
        return (new(output, _time, new(LogLevel.Information), verbose: false, json), output);
    }

    private sealed class Unprintable : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");

        public override string ToString() =>
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"no text {1}"));
    }
}
