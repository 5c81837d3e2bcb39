using Kcl.Consuming;

namespace Kcl.Unit.Tests.Consuming;

public class StallDetectorTests
{
    // The clock must not advance past a read in progress. It waits for the timer of the next read, which is due before any check.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private readonly ShardHarness _shard = new();

    [Theory]
    [InlineData(1, 1, 1, StallAction.Wait)]
    [InlineData(60, 0, 0, StallAction.Wait)] // always answered, but without records
    [InlineData(0, 60, 60, StallAction.Wait)] // S25: the processor needed an hour, and has only now started to wait
    [InlineData(4, 4, 4, StallAction.RestartRetrieval)]
    [InlineData(4, 1, 4, StallAction.Wait)] // restarted a minute ago
    [InlineData(11, 2, 11, StallAction.Release)]
    [InlineData(11, 11, 2, StallAction.RestartRetrieval)]
    public void Only_a_shard_that_waits_unanswered_is_restarted_and_then_released(
        int waiting,
        int sinceAnswer,
        int sinceLastAnswer,
        object verdict) =>
        Assert.Equal(
            (StallAction)verdict,
            StallDetector.Evaluate(
                TimeSpan.FromMinutes(waiting),
                TimeSpan.FromMinutes(sinceAnswer),
                TimeSpan.FromMinutes(sinceLastAnswer),
                TimeSpan.FromSeconds(1)));

    [Fact]
    public async Task S14_S16_A_read_that_is_never_answered_is_restarted_after_the_last_record_delivered()
    {
        _shard.Stream.MaxPerRead = 2;
        _shard.Stream.Put(1, 2, 3);
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await _shard.Processor.WhenAsync("records:3");
        var hanging = 0;
        _shard.Stream.BeforeRead = token => Interlocked.Increment(ref hanging) == 1
            ? Task.Delay(Timeout.Infinite, token)
            : Task.CompletedTask;
        _shard.Stream.Put(4);

        await RestartedAsync();
        await _shard.Processor.WhenAsync("records:4");

        Assert.Equal([1, 2, 3, 4], _shard.Processor.Delivered);
        Assert.Equal(1, _shard.Processor.Instances);
    }

    [Fact]
    public async Task S15_What_a_restarted_retrieval_still_brings_is_dropped()
    {
        var first = true;
        var late = new TaskCompletionSource();
        _shard.Stream.Put(1);
        _shard.Stream.BeforeRead = _ =>
        {
            var wait = first ? late.Task : Task.CompletedTask; // ignores its cancellation
            first = false;
            return wait;
        };
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await RestartedAsync();
        await _shard.Processor.WhenAsync("records:1", TimeSpan.FromSeconds(11));

        late.SetResult();
        _shard.Stream.Put(2);
        await _shard.Processor.WhenAsync("records:2");

        Assert.Equal([1, 2], _shard.Processor.Delivered);
    }

    [Fact]
    public async Task A_shard_whose_reads_are_never_answered_is_released_in_the_end_and_says_so_once()
    {
        _shard.Stream.BeforeRead = token => Task.Delay(Timeout.Infinite, token);

        Assert.Equal(ShardConsumerOutcome.GaveUp, await _shard.RunAsync(TimeSpan.MaxValue));

        Assert.Equal(["initialize@TRIM_HORIZON", "lost", "disposed"], _shard.Processor.Calls);
        Assert.Equal(1, _shard.Logs.Count(1410));
        Assert.InRange(_shard.Logs.Count(1409), 1, 4);
    }

    [Fact]
    public async Task S25_A_processor_that_takes_an_hour_is_left_alone()
    {
        var finish = new TaskCompletionSource();
        _shard.Stream.Put(1);
        _shard.Processor.OnRecords = (_, input, _) => input.Records[0].SequenceNumber.ToString() == "1" ? new(finish.Task) : default;
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await _shard.Processor.WhenAsync("records:1");
        for (var i = 0; i < 60; i++)
        {
            _shard.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        _shard.Stream.Put(2);
        finish.SetResult();
        await _shard.Processor.WhenAsync("records:2", atMost: Soon);

        Assert.Equal([1, 2], _shard.Processor.Delivered);
        Assert.Equal(0, _shard.Logs.Count(1409) + _shard.Logs.Count(1410));
    }

    [Fact]
    public async Task A_quiet_shard_is_left_alone()
    {
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await _shard.Processor.WhenAsync("initialize");
        var until = _shard.Clock.GetUtcNow() + TimeSpan.FromMinutes(30);
        while (_shard.Clock.GetUtcNow() < until)
        {
            await _shard.Clock.AdvanceToNextTimerAsync(Soon);
        }

        Assert.Equal([1400], _shard.Logs.Entries.Select(e => e.Event.Id));
    }

    /// <summary>Advances the clock from check to check until retrieval is restarted.</summary>
    private async Task RestartedAsync() => await _shard.Clock.RunUntilAsync(Task.Run(async () =>
    {
        while (_shard.Logs.Count(1409) == 0)
        {
            await Task.Yield();
        }
    }));
}
