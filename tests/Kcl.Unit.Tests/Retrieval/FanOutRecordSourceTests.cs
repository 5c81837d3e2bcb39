using Kcl.Diagnostics;
using Kcl.Kinesis;
using Kcl.Streams;
using Kcl.Retrieval;
using Kcl.Retrieval.FanOut;
using Kcl.Unit.Tests.Consuming;
using Kcl.Unit.Tests.Internal;

namespace Kcl.Unit.Tests.Retrieval;

/// <summary>Tests fan-out. The numbers are those of the scenarios in the reference on retrieval, §9.2.</summary>
public sealed class FanOutRecordSourceTests : IAsyncDisposable
{
    // Keys pk1 and pk2, data hello and world.
    private static readonly byte[] Aggregate =
        Convert.FromHexString("f3899ac20a03706b310a03706b321a0908001a0568656c6c6f1a0908011a05776f726c6487c22af1ed18e292eb55b018413a3cff");

    private readonly ShardHarness _shard = new();
    private readonly FakeFanOut _service;
    private RecordSource? _source;
    private FanOutConsumer? _consumer;

    public FanOutRecordSourceTests()
    {
        _service = new FakeFanOut(_shard.Clock);
        _shard.Options.Stream.Identifier = FakeFanOut.Stream;
        _shard.Options.ApplicationName = "app";
    }

    [Fact]
    public async Task S26_A_renewed_subscription_continues_after_the_last_event()
    {
        Open();
        var first = await OpenedAsync();
        first.Push([FakeStream.Record(1), FakeStream.Record(2)], continuation: 7);
        await NextIsAsync(1, 2);
        first.End();

        var second = await OpenedAsync();
        second.Push(8);
        await NextIsAsync(8);

        Assert.True(first.IsDisposed);
        Assert.Equal(
            [StartingPosition.TrimHorizon, StartingPosition.After(SequenceNumber.Parse("7"))],
            _service.Calls.Select(c => c.Position));
    }

    [Fact]
    public async Task S26_A_subscription_is_renewed_before_the_service_ends_it()
    {
        Open();
        var subscription = await OpenedAsync();
        var opened = _shard.Clock.GetUtcNow();
        var renewed = OpenedAsync(alive: subscription);

        await renewed;

        Assert.InRange(_shard.Clock.GetUtcNow() - opened, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        Assert.True(subscription.IsDisposed);
    }

    [Fact]
    public async Task S27_What_was_pushed_before_the_end_is_delivered_once_and_then_comes_the_next_subscription()
    {
        Open();
        var first = await OpenedAsync();
        first.Push(1);
        first.Push(2);
        first.End();
        var second = await OpenedAsync();
        second.Push(3);

        await NextIsAsync(1);
        await NextIsAsync(2);
        await NextIsAsync(3);
    }

    [Fact]
    public async Task S29_A_connection_lost_before_the_first_event_keeps_a_checkpoint_inside_an_aggregate()
    {
        Open(new(SequenceNumber.Parse("5"), 1));
        (await OpenedAsync()).Fail(KinesisErrorCode.Unreachable);
        var second = await OpenedAsync();
        second.Push([FakeStream.Record(5, 0), FakeStream.Record(5, 1), FakeStream.Record(5, 2)]);

        using var batch = await BatchAsync();

        Assert.Equal([2], batch.Records.Select(r => r.SubSequenceNumber));
        Assert.All(_service.Calls, c => Assert.Equal(StartingPosition.At(SequenceNumber.Parse("5")), c.Position));
    }

    [Fact]
    public async Task S29_Latest_skips_nothing_when_the_connection_is_lost_before_the_first_event()
    {
        Open(ExtendedSequenceNumber.Latest);
        (await OpenedAsync()).Fail(KinesisErrorCode.Unreachable);
        await OpenedAsync();

        Assert.Equal([StartingPositionType.Latest, StartingPositionType.AtTimestamp], _service.Calls.Select(c => c.Position.Type));
    }

    [Fact]
    public async Task S30_The_end_of_the_shard_is_said_once_and_nobody_subscribes_again()
    {
        var child = new ChildShard(new("child"), [ShardHarness.Shard], HashKeyRange.Whole);
        Open();
        (await OpenedAsync()).Push([FakeStream.Record(1)], ends: true, children: child);

        using var batch = await BatchAsync();

        Assert.True(batch.IsShardEnd);
        Assert.Equal([child], batch.ChildShards);
        Assert.Single(_service.Calls);
    }

    [Theory]
    [InlineData(RecordDistributionStrategy.UserPartitionKey)]
    [InlineData(RecordDistributionStrategy.Auto)]
    public async Task A_pushed_aggregate_of_another_shard_is_left_out_only_where_keys_decide(RecordDistributionStrategy strategy)
    {
        _shard.Stream.Distribution = strategy;
        var isAuto = strategy == RecordDistributionStrategy.Auto;
        var now = _shard.Clock.GetUtcNow();
        Open(hashKeys: new(0, UInt128.One << 127)); // pk1 belongs to another shard
        var subscription = await OpenedAsync();
        subscription.Push([
            new KinesisRecord(Aggregate, "a", SequenceNumber.Parse("1"), 0, now),
            new KinesisRecord(Aggregate, null, SequenceNumber.Parse("2"), 0, now),
            FakeStream.Record(3),
        ]);

        using (var batch = await BatchAsync())
        {
            string[] expected = isAuto ? ["1", "1/1", "2", "2/1", "3"] : ["2", "2/1", "3"];
            Assert.Equal(expected, batch.Records.Select(r => r.Position.ToString()));
        }

        Assert.Equal(isAuto ? 0 : 1, _shard.Logs.Count(1320));
        Assert.Single(_shard.Stream.Descriptions);
        Assert.Equal(0, _service.LiveEvents);
    }

    [Fact]
    public async Task An_event_is_given_back_when_its_source_is_closed_while_the_service_is_asked_about_it()
    {
        var asked = new TaskCompletionSource();
        _shard.Stream.OnDescribe = async token =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _shard.Clock, token);
            throw new InvalidOperationException("The silence was broken.");
        };
        Open(hashKeys: new(0, 0));
        (await OpenedAsync()).Push([new KinesisRecord(Aggregate, "a", SequenceNumber.Parse("1"), 0, _shard.Clock.GetUtcNow())]);
        await asked.Task;

        await _source!.DisposeAsync();

        Assert.Equal(0, _service.LiveEvents);
        Assert.Equal(0, _shard.Budget.Held);
    }

    [Fact]
    public async Task S31_In_use_means_waiting_five_seconds_not_asking_every_second()
    {
        _service.Refuse(KinesisErrorCode.ResourceInUse, KinesisErrorCode.ResourceInUse);
        Open();
        await OpenedAsync();

        Assert.Equal(3, _service.Calls.Count);
        Assert.All(
            _service.Calls.Zip(_service.Calls.Skip(1)),
            pair => Assert.InRange(pair.Second.At - pair.First.At, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6.1)));
    }

    [Fact]
    public async Task S32_A_shard_that_is_gone_ends_once()
    {
        _shard.Coordination.Listing = new(false, false, []);
        _service.Refuse([.. Enumerable.Repeat(KinesisErrorCode.ResourceNotFound, 10)]);
        Open();

        using var batch = await BatchAsync();

        // Only after later lists have confirmed it.
        Assert.True(batch.IsShardEnd);
        Assert.Empty(batch.Records);
        Assert.True(_service.Calls[^1].At - _service.Calls[0].At >= ShardAbsence.MaxListDelay);
    }

    [Fact]
    public async Task S33_A_first_subscription_that_fails_is_tried_again()
    {
        _service.Refuse([.. Enumerable.Repeat(KinesisErrorCode.ServiceFailure, 20)]);
        Open();
        (await OpenedAsync()).Push(1);

        await NextIsAsync(1);

        Assert.InRange(_shard.Logs.Count(1312), 1, 4);
    }

    [Fact]
    public async Task S34_Silence_is_answered_by_another_subscription_quietly_at_first()
    {
        Open();
        for (var i = 0; i < 4; i++)
        {
            await OpenedAsync(afterSilence: true);
        }

        Assert.Equal(0, _shard.Logs.Count(1314));
        for (var i = 0; i < 2; i++)
        {
            await OpenedAsync(afterSilence: true);
        }

        Assert.Equal(1, _shard.Logs.Count(1314));
    }

    [Fact]
    public async Task S36_A_server_that_ends_every_subscription_at_once_is_asked_every_five_seconds()
    {
        Open();
        for (var i = 0; i < 6; i++)
        {
            (await OpenedAsync()).End();
        }

        Assert.All(
            _service.Calls.Zip(_service.Calls.Skip(1)),
            pair => Assert.True(pair.Second.At - pair.First.At >= TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task S37_A_slow_consumer_holds_the_service_back_and_nothing_is_dropped()
    {
        _shard.Options.MaxPrefetchedBatches = 2;
        Open();
        var subscription = await OpenedAsync();
        for (var i = 1; i <= 11; i++)
        {
            subscription.Push(i);
        }

        subscription.Push(
            [FakeStream.Record(12)],
            ends: true,
            children: new ChildShard(new("child"), [ShardHarness.Shard], HashKeyRange.Whole));
        await TestClock.SettleAsync();

        Assert.True(subscription.Unread >= 10);
        for (var i = 1; i <= 12; i++)
        {
            await NextIsAsync(i);
        }

        Assert.Equal(0, _service.LiveEvents);
    }

    [Fact]
    public async Task S40_A_broken_connection_resumes_from_the_last_event()
    {
        Open();
        var first = await OpenedAsync();
        first.Push(1, 2);
        first.Fail(KinesisErrorCode.MalformedResponse);
        (await OpenedAsync()).Push(3);

        await NextIsAsync(1, 2);
        await NextIsAsync(3);
        Assert.Equal(StartingPosition.After(SequenceNumber.Parse("2")), _service.Calls[^1].Position);
    }

    [Fact]
    public async Task S46_A_subscription_that_another_took_over_is_not_taken_back_before_the_lease_was_looked_at()
    {
        _shard.Options.FailoverTime = TimeSpan.FromSeconds(30);
        Open();
        var first = await OpenedAsync();
        first.Fail(KinesisErrorCode.ResourceInUse);
        await OpenedAsync();

        Assert.True(_service.Calls[1].At - _service.Calls[0].At >= TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_consumer_that_was_removed_under_us_is_registered_again()
    {
        Open();
        var first = await OpenedAsync();
        first.Push(1);
        await NextIsAsync(1);
        _service.OnDescribe.Enqueue(() => throw FakeFanOut.Fault(KinesisErrorCode.ResourceNotFound));
        _service.Refuse(KinesisErrorCode.ResourceNotFound);
        first.Fail(KinesisErrorCode.ResourceNotFound);

        (await OpenedAsync()).Push(2);
        await NextIsAsync(2);

        Assert.Equal(1, _service.Registrations);
    }

    [Fact]
    public async Task An_end_that_the_shard_list_denies_is_not_believed()
    {
        Open();
        (await OpenedAsync()).Push([FakeStream.Record(1)], ends: true);
        (await OpenedAsync()).Push(1, 2);

        await NextIsAsync(1, 2);
        Assert.Equal(0, _service.LiveEvents);
    }

    [Fact]
    public async Task S49_Disposal_ends_the_subscription_at_once_and_gives_everything_back()
    {
        Open();
        var subscription = await OpenedAsync();
        subscription.Push(1);
        subscription.Push(2);

        await _source!.DisposeAsync();

        Assert.True(subscription.IsDisposed);
        Assert.Equal((0, 0L), (_service.LiveEvents, _shard.Budget.Held));
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }

        _consumer?.Dispose();
    }

    private void Open(ExtendedSequenceNumber? checkpoint = null, HashKeyRange? hashKeys = null)
    {
        var consumer = new FanOutConsumer(
            ConsumerSettings.CreateRetrieval(_shard.Options), _shard.Stream, _service, _shard.Clock, new(new Random(3)), _shard.Logs);
        _consumer = consumer;
        _source = _shard.Open((context, cursor) => new FanOutReader(context, cursor, _service, consumer), checkpoint, hashKeys);
    }

    /// <summary>
    /// Returns the next subscription, and advances the clock as far as other code waits for it. A subscription that must stay open receives
    /// empty events.
    /// </summary>
    private async Task<FakeFanOut.Subscription> OpenedAsync(FakeFanOut.Subscription? alive = null, bool afterSilence = false)
    {
        var opened = _service.OpenedAsync();
        while (alive is { IsDisposed: false })
        {
            alive.Push([], continuation: 1);
            while (alive is { Unread: > 0, IsDisposed: false })
            {
                await Task.Yield();
            }

            _shard.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        // Beyond a pause, but not beyond the maximum silence of a subscription that was just opened.
        return await _shard.Clock.RunUntilAsync(opened, TimeSpan.FromSeconds(afterSilence ? 36 : 12));
    }

    private async Task<RecordBatch> BatchAsync()
    {
        while (true)
        {
            if (_source!.TryRead(out var batch))
            {
                return batch;
            }

            await _shard.Clock.RunUntilAsync(_source.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask(), ShardHarness.Soon);
        }
    }

    private async Task NextIsAsync(params long[] numbers)
    {
        using var batch = await BatchAsync();
        Assert.Equal(
            numbers,
            batch.Records.Select(r => long.Parse(r.SequenceNumber.ToString(), System.Globalization.CultureInfo.InvariantCulture)));
    }
}
