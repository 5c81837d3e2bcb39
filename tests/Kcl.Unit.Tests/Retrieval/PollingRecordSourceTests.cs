using Kcl.Diagnostics;
using Kcl.Kinesis;
using Kcl.Retrieval;
using Kcl.Retrieval.Polling;
using Kcl.Unit.Tests.Consuming;
using Kcl.Unit.Tests.Internal;

namespace Kcl.Unit.Tests.Retrieval;

/// <summary>Tests polling. The numbers are those of the scenarios in the reference on retrieval, §9.1.</summary>
public sealed class PollingRecordSourceTests : IAsyncDisposable
{
    private readonly ShardHarness _shard = new();
    private readonly CancellationTokenSource _stopFetching = new();
    private RecordSource? _source;

    private FakeStream Stream => _shard.Stream;

    [Fact]
    public async Task Records_come_in_order_and_their_buffers_go_back()
    {
        Stream.MaxPerRead = 3;
        Stream.Put(1, 2, 3, 4, 5, 6, 7);
        Open();

        await NextIsAsync(1, 2, 3);
        await NextIsAsync(4, 5, 6);
        await NextIsAsync(7);
        await _source!.DisposeAsync();
        Assert.Equal(0, Stream.LiveBuffers);
        Assert.Equal(0, _shard.Budget.Held);
    }

    [Fact]
    public async Task Reads_that_bring_nothing_are_not_handed_over_and_keep_nothing()
    {
        Open();
        await ReadsAsync(3);
        Stream.Put(1);

        await NextIsAsync(1);
        Assert.Equal(0, _source!.MillisBehindLatest);
    }

    [Fact]
    public async Task Reads_that_bring_nothing_are_handed_over_where_that_is_wanted()
    {
        _shard.Options.DeliverEmptyBatches = true;
        Open();

        Assert.Empty(await ReadAsync());
    }

    [Fact]
    public async Task No_more_batches_than_allowed_are_fetched_ahead()
    {
        _shard.Options.MaxPrefetchedBatches = 2;
        Stream.MaxPerRead = 1;
        Stream.Put(1, 2, 3, 4, 5, 6);
        Open();
        await ReadsAsync(2);
        await TestClock.SettleAsync();
        Assert.Equal(2, Stream.Reads.Count);

        await NextIsAsync(1);
        await ReadsAsync(3);
        await TestClock.SettleAsync();

        Assert.Equal(3, Stream.Reads.Count);
    }

    [Fact]
    public async Task S1_An_end_without_children_that_the_shard_list_denies_is_retried_and_reported_once()
    {
        Stream.Put(1);
        for (var i = 0; i < 5; i++)
        {
            Stream.AnswerRead(() => new() { Records = [], NextShardIterator = null });
        }

        Open();

        await NextIsAsync(1);
        Assert.Equal(5, _shard.Coordination.LookUps);
        Assert.Equal(1, _shard.Logs.Count(1302));
    }

    [Fact]
    public async Task S1_An_end_without_children_that_the_shard_list_confirms_ends_the_shard_with_its_children()
    {
        var child = new ChildShard(new("child"), [ShardHarness.Shard], HashKeyRange.Whole);
        _shard.Coordination.Listing = new(true, false, [child]);
        Stream.NamesChildren = false;
        Stream.Put(1);
        Stream.Close();
        Open();

        using var batch = await BatchAsync();

        Assert.True(batch.IsShardEnd);
        Assert.Equal([child], batch.ChildShards);
        Assert.Single(batch.Records);
    }

    [Fact]
    public async Task S2_A_next_iterator_with_children_is_contradictory_and_asked_for_again()
    {
        var child = new ChildShard(new("child"), [ShardHarness.Shard], HashKeyRange.Whole);
        Stream.Put(1, 2);
        Stream.AnswerRead(() => new() { Records = [FakeStream.Record(1)], NextShardIterator = "odd", ChildShards = [child] });
        Open();

        await NextIsAsync(1, 2);
    }

    [Fact]
    public async Task S3_The_end_is_said_by_the_last_batch_only()
    {
        var child = new ChildShard(new("child"), [ShardHarness.Shard], HashKeyRange.Whole);
        Stream.MaxPerRead = 1;
        Stream.Put(1, 2, 3);
        Stream.Close(child);
        Open();

        var ends = new List<bool>();
        for (var i = 0; i < 3; i++)
        {
            using var batch = await BatchAsync();
            ends.Add(batch.IsShardEnd);
        }

        Assert.Equal([false, false, true], ends);
    }

    [Fact]
    public async Task S4_A_checkpoint_inside_an_aggregate_survives_an_iterator_that_expired_before_the_first_batch()
    {
        Stream.Put(FakeStream.Record(5, 0));
        Stream.Put(FakeStream.Record(5, 1));
        Stream.Put(FakeStream.Record(5, 2));
        Stream.FailRead(KinesisErrorCode.ExpiredIterator);
        Open(new(SequenceNumber.Parse("5"), 0));

        using var batch = await BatchAsync();

        Assert.Equal([1, 2], batch.Records.Select(r => r.SubSequenceNumber));
        Assert.All(Stream.Positions, p => Assert.Equal(StartingPosition.At(SequenceNumber.Parse("5")), p));
        Assert.Equal(2, Stream.Positions.Count);
    }

    [Fact]
    public async Task S5_Latest_skips_nothing_when_its_iterator_is_refused_before_the_first_record()
    {
        Stream.Put(1);
        _shard.Clock.Advance(TimeSpan.FromMinutes(1));
        Open(ExtendedSequenceNumber.Latest);
        await ReadsAsync(2);
        Stream.FailRead(KinesisErrorCode.ExpiredIterator);
        Stream.Put(2, 3);

        await NextIsAsync(2, 3);
        Assert.Equal(StartingPositionType.Latest, Stream.Positions[0].Type);
        Assert.All(Stream.Positions.Skip(1), p => Assert.Equal(StartingPositionType.AtTimestamp, p.Type));
    }

    [Fact]
    public async Task S5_What_was_first_read_from_latest_is_where_a_replay_begins()
    {
        Stream.Put(1);
        _shard.Clock.Advance(TimeSpan.FromMinutes(1));
        Open(ExtendedSequenceNumber.Latest);
        await ReadsAsync(1);
        Stream.Put(2);
        await NextIsAsync(2);
        Stream.Put(3);
        await NextIsAsync(3);
        await _source!.DisposeAsync();

        Assert.Equal(StartingPosition.At(SequenceNumber.Parse("2")), _source.Origin.Start);
    }

    [Fact]
    public async Task S6_An_iterator_that_waited_too_long_is_replaced_before_it_is_used()
    {
        _shard.Options.MaxPrefetchedBatches = 1;
        Stream.MaxPerRead = 1;
        Stream.Put(1, 2, 3);
        Open();
        await ReadsAsync(1);
        await TestClock.SettleAsync();
        _shard.Clock.Advance(TimeSpan.FromMinutes(30));

        await NextIsAsync(1);
        await NextIsAsync(2);
        await NextIsAsync(3);
        Assert.Equal([StartingPosition.TrimHorizon, StartingPosition.After(SequenceNumber.Parse("1"))], Stream.Positions);
        Assert.Equal(0, _shard.Logs.Count(1300)); // nothing is logged
    }

    [Fact]
    public async Task S7_A_refused_iterator_is_replaced_not_used_again()
    {
        Stream.MaxPerRead = 1;
        Stream.Put(1, 2);
        Open();
        await NextIsAsync(1);
        Stream.FailRead(KinesisErrorCode.InvalidArgument);
        Stream.Put(3);

        var rest = new List<long>();
        while (!rest.Contains(3))
        {
            rest.AddRange(await ReadAsync());
        }

        Assert.Equal([2, 3], rest);
        Assert.Equal(StartingPositionType.AfterSequenceNumber, Stream.Positions[^1].Type);
    }

    [Fact]
    public async Task S8_A_hundred_failures_in_a_row_are_no_storm()
    {
        Stream.Put(1);
        Stream.FailRead(KinesisErrorCode.ServiceFailure, 100);
        Open();

        await NextIsAsync(1);
        Assert.Equal(101, Stream.Reads.Count);
        Assert.All(
            Stream.Reads.Zip(Stream.Reads.Skip(1)),
            pair => Assert.True(pair.Second.At - pair.First.At >= _shard.Options.IdleTimeBetweenReads));
        var minutes = (Stream.Reads[^1].At - Stream.Reads[0].At).TotalMinutes;
        Assert.InRange(_shard.Logs.Count(1300), 1, minutes + 1);
    }

    [Fact]
    public async Task S9_Throttling_is_survived_quietly_and_ends_at_once()
    {
        Stream.Put(1);
        Stream.FailRead(KinesisErrorCode.Throttled, 20);
        Open();

        await NextIsAsync(1);
        Stream.Put(2);
        await NextIsAsync(2);
        var afterwards = Stream.Reads.Skip(20).ToList();
        Assert.All(
            afterwards.Zip(afterwards.Skip(1)),
            pair => Assert.True(pair.Second.At - pair.First.At <= _shard.Options.IdleTimeBetweenReads));
        Assert.DoesNotContain(_shard.Logs.Entries, e => e.Level > Microsoft.Extensions.Logging.LogLevel.Debug);
    }

    [Fact]
    public async Task S11_The_configured_idle_time_is_the_one_that_is_used()
    {
        _shard.Options.IdleTimeBetweenReads = TimeSpan.FromSeconds(3);
        Open();

        await ReadsAsync(60);

        var pauses = Stream.Reads.Zip(Stream.Reads.Skip(1), (a, b) => b.At - a.At).ToList();
        Assert.Equal(TimeSpan.FromSeconds(3), pauses[^1]);
        Assert.All(pauses, p => Assert.True(p <= TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task S12_S25_A_slow_processor_stops_the_fetching_and_nothing_else()
    {
        Stream.MaxPerRead = 1;
        Stream.Put(Enumerable.Range(1, 20).Select(n => (long)n));
        Open();
        var seen = new List<long>();
        while (seen.Count < 20)
        {
            seen.AddRange(await ReadAsync());
            _shard.Clock.Advance(TimeSpan.FromMinutes(7)); // longer than any iterator is valid
        }

        Assert.Equal(Enumerable.Range(1, 20).Select(n => (long)n), seen);
    }

    [Fact]
    public async Task S16_A_read_that_hangs_ends_with_the_source()
    {
        var hanging = new TaskCompletionSource();
        Stream.BeforeRead = async token =>
        {
            hanging.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        };
        Open();
        await hanging.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        await _source!.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal(0, _shard.Budget.Held);
    }

    [Fact]
    public async Task S17_Disposal_ends_a_rest_and_a_full_buffer_and_gives_everything_back()
    {
        _shard.Options.MaxPrefetchedBatches = 1;
        Stream.MaxPerRead = 1;
        Stream.Put(1, 2, 3);
        Open();
        await ReadsAsync(1);
        await TestClock.SettleAsync();

        await _source!.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal((0, 0L), (Stream.LiveBuffers, _shard.Budget.Held));
    }

    [Fact]
    public async Task S17_A_stop_ends_the_fetching_but_what_was_fetched_stays_readable()
    {
        Stream.MaxPerRead = 1;
        _shard.Options.MaxPrefetchedBatches = 2;
        Stream.Put(1, 2, 3, 4);
        Open();
        await ReadsAsync(2);
        await TestClock.SettleAsync();
        await _stopFetching.CancelAsync();

        await NextIsAsync(1);
        await NextIsAsync(2);
        await TestClock.SettleAsync();

        Assert.Equal(2, Stream.Reads.Count);
    }

    [Fact]
    public async Task S20_A_response_larger_than_the_whole_budget_is_read_all_the_same_one_at_a_time()
    {
        _shard.Budget = new ByteBudget(1_000);
        Stream.MaxPerRead = 1;
        for (var i = 1; i <= 5; i++)
        {
            Stream.Put(FakeStream.Record(i, bytes: 5_000));
        }

        Open();
        var most = 0L;
        for (var i = 1; i <= 5; i++)
        {
            using var batch = await BatchAsync();
            await TestClock.SettleAsync();
            most = Math.Max(most, _shard.Budget.Held);
            Assert.Equal($"{i}", batch.Records[0].SequenceNumber.ToString());
        }

        Assert.InRange(most, 5_000, 5_100 + 1_000);
    }

    [Fact]
    public async Task S23_A_number_that_was_trimmed_is_not_the_end_of_the_shard()
    {
        Stream.TrimmedIsNotFound = true;
        Stream.Put(1, 2, 3, 4, 5);
        Stream.Trim(3);
        Open(new(SequenceNumber.Parse("2")));

        await NextIsAsync(4, 5);
        Assert.Equal([StartingPositionType.AtSequenceNumber, StartingPositionType.TrimHorizon], Stream.Positions.Select(p => p.Type));
    }

    [Fact]
    public async Task S23_From_the_oldest_record_nothing_processed_comes_again()
    {
        Stream.Put(1, 2, 3);
        Open();
        await NextIsAsync(1, 2, 3);
        Stream.FailRead(KinesisErrorCode.ResourceNotFound);
        Stream.Put(4);

        await NextIsAsync(4);
        Assert.Equal(StartingPositionType.TrimHorizon, Stream.Positions[^1].Type);
    }

    [Fact]
    public async Task S23_A_shard_that_is_gone_from_the_list_has_ended()
    {
        var child = new ChildShard(new("child"), [ShardHarness.Shard], HashKeyRange.Whole);
        _shard.Coordination.Listing = new(false, false, [child]);
        Stream.FailIterator(KinesisErrorCode.ResourceNotFound, 10);
        Open();

        using var batch = await BatchAsync();

        Assert.True(batch.IsShardEnd);
        Assert.Equal([child], batch.ChildShards);
    }

    [Fact]
    public async Task S23_While_the_list_cannot_be_read_no_shard_has_ended()
    {
        var asked = 0;
        _shard.Coordination.OnLookUp = () => ++asked < 4
            ? throw new KinesisException(KinesisErrorCode.ResourceNotFound, "no such stream")
            : new(true, true, []);
        Stream.Put(1);
        Stream.FailRead(KinesisErrorCode.ResourceNotFound, 4);
        Open();

        await NextIsAsync(1);
    }

    [Fact]
    public async Task S24_A_number_of_another_stream_stalls_the_shard_visibly_and_never_ends_it()
    {
        Stream.Put(1);
        Stream.FailIterator(KinesisErrorCode.InvalidArgument, 30);
        Open(new(SequenceNumber.Parse("99")));

        await ReadsAsync(1);

        Assert.Equal(31, Stream.Positions.Count);
        Assert.True(_shard.Logs.Count(1300) > 0);
        Assert.All(Stream.Positions, p => Assert.Equal(StartingPosition.At(SequenceNumber.Parse("99")), p));
    }

    [Fact]
    public async Task Records_up_to_the_checkpoint_are_dropped_also_over_several_reads()
    {
        Stream.MaxPerRead = 2;
        for (var sub = 0; sub < 7; sub++)
        {
            Stream.Put(FakeStream.Record(3, sub));
        }

        Open(new(SequenceNumber.Parse("3"), 4));

        using var batch = await BatchAsync();

        Assert.Equal([5], batch.Records.Select(r => r.SubSequenceNumber));
    }

    [Fact]
    public async Task The_limit_of_a_read_follows_options_and_share()
    {
        _shard.Options.MaxRecords = 123;
        Open();
        await ReadsAsync(1);

        Assert.Equal(123, Stream.Reads[0].Limit);
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }

        _stopFetching.Dispose();
    }

    private void Open(ExtendedSequenceNumber? checkpoint = null) =>
        _source = _shard.Open((context, cursor) => new PollingReader(context, cursor), checkpoint, stopFetching: _stopFetching.Token);

    private async Task<RecordBatch> BatchAsync()
    {
        while (true)
        {
            if (_source!.TryRead(out var batch))
            {
                return batch;
            }

            await _shard.Clock.RunUntilAsync(_source.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask());
        }
    }

    private async Task NextIsAsync(params long[] numbers) => Assert.Equal(numbers, await ReadAsync());
    private async Task<long[]> ReadAsync()
    {
        using var batch = await BatchAsync();
        return [.. batch.Records.Select(r => long.Parse(r.SequenceNumber.ToString(), System.Globalization.CultureInfo.InvariantCulture))];
    }

    /// <summary>Advances the clock until a number of reads were sent.</summary>
    private async Task ReadsAsync(int count) => await _shard.Clock.RunUntilAsync(Task.Run(async () =>
    {
        while (Stream.AnsweredReads < count)
        {
            await Task.Yield();
        }
    }));
}
