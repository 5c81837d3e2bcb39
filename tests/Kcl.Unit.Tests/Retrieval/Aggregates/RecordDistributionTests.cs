using Kcl.Kinesis;
using Kcl.Retrieval.Aggregates;
using Kcl.Unit.Tests.Consuming;
using Kcl.Unit.Tests.Internal;

namespace Kcl.Unit.Tests.Retrieval.Aggregates;

public sealed class RecordDistributionTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly LogCollector _logs = new();
    private readonly FakeStream _stream;
    private readonly RecordDistribution _distribution;

    public RecordDistributionTests()
    {
        _stream = new FakeStream(_clock, ShardHarness.Shard);
        _distribution = new RecordDistribution(new StreamName("words"), _stream, _clock, _logs);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_questions_there_are_the_service_is_asked_every_five_seconds_at_most()
    {
        for (var round = 0; round < 4; round++)
        {
            await _clock.RunUntilAsync(Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _distribution.AskAsync(Token).AsTask())));
        }

        var asked = _stream.Descriptions.Select(call => call.At).ToList();
        Assert.InRange(asked.Count, 4, 8);
        Assert.All(asked.Zip(asked.Skip(1)), pair => Assert.True(pair.Second - pair.First >= RecordDistribution.MinTimeBetweenRequests));
    }

    [Fact]
    public async Task An_answer_that_was_asked_for_before_the_question_is_not_taken_for_its_answer()
    {
        _distribution.Update(RecordDistributionStrategy.UserPartitionKey, _clock.GetUtcNow());
        await _distribution.AskAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _stream.Distribution = RecordDistributionStrategy.Auto;

        var known = await _clock.RunUntilAsync(_distribution.AskAsync(Token).AsTask());

        Assert.Equal(MisplacedAggregateDecision.Deliver, known.EvaluateAfterRequest(_clock.GetUtcNow(), _clock.GetUtcNow()));
        Assert.Equal(2, _stream.Descriptions.Count);
    }

    [Fact]
    public async Task A_service_that_fails_is_told_once_a_minute_and_one_that_is_silent_is_not_waited_for()
    {
        _stream.OnDescribe = async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
            throw new InvalidOperationException("The silence was broken.");
        };
        var started = _clock.GetUtcNow();
        await _clock.RunUntilAsync(_distribution.AskAsync(Token).AsTask());
        Assert.Equal(RecordDistribution.MaxResponseTime, _clock.GetUtcNow() - started);

        _stream.OnDescribe = _ => throw new KinesisException(KinesisErrorCode.Throttled, "too many");
        var known = await _clock.RunUntilAsync(_distribution.AskAsync(Token).AsTask());

        Assert.Equal(MisplacedAggregateDecision.Deliver, known.EvaluateAfterRequest(started, _clock.GetUtcNow()));
        Assert.Equal(1, _logs.Count(1321));
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _clock.RunUntilAsync(_distribution.AskAsync(Token).AsTask());
        Assert.Equal(2, _logs.Count(1321));
    }

    [Fact]
    public async Task A_question_that_is_abandoned_leaves_the_turn_to_the_next()
    {
        using var abandon = new CancellationTokenSource();
        _stream.OnDescribe = async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
            throw new InvalidOperationException("The silence was broken.");
        };
        var abandoned = _distribution.AskAsync(abandon.Token).AsTask();
        await abandon.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        _stream.OnDescribe = null;

        await _clock.RunUntilAsync(_distribution.AskAsync(Token).AsTask());

        Assert.Equal(0, _logs.Count(1321));
    }

    public void Dispose()
    {
        _distribution.Dispose();
        _logs.Dispose();
    }
}
