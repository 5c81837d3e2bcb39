using Kcl.Retrieval.Aggregates;
using Kcl.Unit.Tests.Consuming;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Retrieval.Aggregates;

public sealed class AggregateReportsTests : IDisposable
{
    private static readonly ShardRef One = new(new StreamName("words"), new("shardId-000000000001"));
    private static readonly ShardRef Two = new(new StreamName("words"), new("shardId-000000000002"));
    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _logs = new();

    [Fact]
    public void What_is_left_out_is_told_once_a_minute_and_shard_with_count_and_first_number()
    {
        using var reports = Reports();
        reports.AddLeftOut(One, 2, Number(10));
        reports.AddLeftOut(Two, 1, Number(5));
        reports.AddLeftOut(One, 3, Number(11));
        _time.Advance(TimeSpan.FromSeconds(30));
        reports.AddLeftOut(One, 4, Number(12));
        Assert.Equal([(2, One, 10), (1, Two, 5)], Told());

        _time.Advance(TimeSpan.FromSeconds(31));
        reports.LogIfDue(Two);
        reports.LogIfDue(One);
        reports.LogIfDue(One);

        Assert.Equal([(2, One, 10), (1, Two, 5), (7, One, 11)], Told());
        Assert.All(_logs.Entries, entry => Assert.Equal(LogLevel.Warning, entry.Level));
        Assert.All(_logs.Entries, entry => Assert.Contains("stream words", entry.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_not_told_yet_is_told_at_the_end()
    {
        var reports = Reports();
        reports.AddLeftOut(One, 2, Number(10));
        reports.AddLeftOut(One, 3, Number(11));

        reports.Dispose();
        reports.Dispose();

        Assert.Equal([(2, One, 10), (3, One, 11)], Told());
    }

    [Fact]
    public void A_hash_key_that_is_none_is_told_once_a_shard()
    {
        using var reports = Reports();
        for (var i = 0; i < 3; i++)
        {
            reports.AddUnusableHashKey(One, Number(i));
            reports.AddUnusableHashKey(Two, Number(i));
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(2, _logs.Count(1322));
    }

    public void Dispose() => _logs.Dispose();

    private static SequenceNumber Number(long number) => SequenceNumber.Parse($"{number}");

    private AggregateReports Reports() => new(_time, _logs);

    private IEnumerable<(int Count, ShardRef Shard, int First)> Told() => _logs.Entries.Select(entry =>
    {
        Assert.Equal(1320, entry.Event.Id);
        var words = entry.Message.Split(' ', ':');
        return (Parse(words[0]), new ShardRef(new StreamName("words"), new(words[4])), Parse(words[Array.IndexOf(words, "number") + 1]));
    });

    private static int Parse(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
