using System.Text;
using Kcl.Consuming;
using Kcl.Kinesis;
using Kcl.Kinesis.Hashing;
using Kcl.Retrieval;
using Kcl.Retrieval.Aggregates;
using Kcl.Unit.Tests.Retrieval;
using Microsoft.Extensions.Logging;

namespace Kcl.Unit.Tests.Consuming;

/// <summary>Tests the delivery of KPL aggregates to the processor. The numbers are those of the scenarios in the reference, §9.3.</summary>
public class ShardConsumerAggregateTests
{
    // The example of the reference: keys pk1 and pk2, data hello and world.
    private const string Aggregate =
        "f3899ac20a03706b310a03706b321a0908001a0568656c6c6f1a0908011a05776f726c6487c22af1ed18e292eb55b018413a3cff";

    [Fact]
    public async Task An_aggregate_is_taken_apart_between_plain_records()
    {
        var shard = new ShardHarness();
        Put(shard, 1, "plain");
        PutAggregate(shard, 2);
        Put(shard, 3, "plain");
        var seen = new List<(string? Key, string Data, string Position)>();
        shard.Processor.OnRecords = (_, input, _) =>
        {
            seen.AddRange(input.Records.Select(r => (r.PartitionKey, Encoding.UTF8.GetString(r.Data.Span), r.Position.ToString())));
            return default;
        };
        await using var consumer = shard.Consumer();
        consumer.Start();
        await shard.Processor.WhenAsync("records");
        consumer.RequestStop();
        await shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon);

        Assert.Equal([("key", "plain", "1"), ("pk1", "hello", "2"), ("pk2", "world", "2/1"), ("key", "plain", "3")], seen);
    }

    [Fact]
    public async Task S54_A_checkpoint_in_the_middle_of_an_aggregate_resumes_with_its_next_record()
    {
        var shard = new ShardHarness(new(SequenceNumber.Parse("2")));
        PutAggregate(shard, 2);
        await using var consumer = shard.Consumer();
        consumer.Start();

        Assert.Equal("records:2/1", await shard.Processor.WhenAsync("records"));
    }

    [Fact]
    public async Task Everything_delivered_ends_at_the_last_record_of_an_aggregate()
    {
        var shard = new ShardHarness();
        PutAggregate(shard, 2);
        shard.Processor.OnRecords = (_, input, token) => input.Checkpointer.CheckpointAsync(token);
        await using var consumer = shard.Consumer();
        consumer.Start();
        await shard.Processor.WhenAsync("records");
        consumer.RequestStop();
        await shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon);

        Assert.Equal(new ExtendedSequenceNumber(SequenceNumber.Parse("2"), 1), shard.Lease.Current.Checkpoint);
    }

    [Fact]
    public async Task S50_An_aggregate_with_a_record_of_another_shard_is_left_out_and_only_that_one()
    {
        var shard = Misplacing();
        PutAggregate(shard, 1);
        Put(shard, 2, "plain");
        PutAggregate(shard, 3);
        shard.Stream.Close(new ChildShard(new("child"), [ShardHarness.Shard], HashKeyRange.Whole));

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await shard.RunAsync());
        Assert.Equal([2], shard.Processor.Delivered);
        var (level, _, logged) = Assert.Single(shard.Logs.Entries, entry => entry.Event.Id == 1320);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith(
            "2 aggregate(s) in shard shardId-000000000000 of stream words were left out, the first with sequence number 1:",
            logged,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_stream_that_distributes_records_by_itself_nothing_is_left_out_and_the_service_is_asked_once_a_minute()
    {
        var shard = Misplacing();
        shard.Stream.Distribution = RecordDistributionStrategy.Auto;
        var started = shard.Clock.GetUtcNow();
        await using var consumer = shard.Consumer();
        consumer.Start();
        for (var number = 1; number <= 20; number++)
        {
            PutAggregate(shard, number, shard.Clock.GetUtcNow());
            Assert.Equal($"records:{number},{number}/1", await shard.Processor.WhenAsync("records"));
        }

        var minutes = (shard.Clock.GetUtcNow() - started) / DistributionHistory.AutoValidity;
        Assert.InRange(shard.Stream.Descriptions.Count, 1, 1 + (int)minutes);
        Assert.Equal(0, shard.Logs.Count(1320));
    }

    [Fact]
    public async Task An_aggregate_that_arrives_after_the_strategy_was_changed_is_delivered()
    {
        var shard = Misplacing();
        using var retrieval = ConsumerSettings.CreateRecordSources(shard.Options, shard.Services, shard.Budget);
        await retrieval.PrepareAsync(FakeStream.Summary(), shard.Clock.GetUtcNow(), TestContext.Current.CancellationToken);
        PutAggregate(shard, 1, shard.Clock.GetUtcNow() - TimeSpan.FromMinutes(1));
        Put(shard, 2, "plain");
        await using var consumer = shard.Consumer(retrieval);
        consumer.Start();
        Assert.Equal("records:2", await shard.Processor.WhenAsync("records"));
        Assert.Empty(shard.Stream.Descriptions); // it is older than the strategy that was known at startup
        shard.Stream.Distribution = RecordDistributionStrategy.Auto;
        PutAggregate(shard, 3, shard.Clock.GetUtcNow());

        Assert.Equal("records:3,3/1", await shard.Processor.WhenAsync("records"));

        Assert.Equal(1, shard.Logs.Count(1320));
    }

    [Fact]
    public async Task An_aggregate_that_arrived_before_the_strategy_was_changed_back_is_delivered()
    {
        var shard = Misplacing();
        using var retrieval = ConsumerSettings.CreateRecordSources(shard.Options, shard.Services, shard.Budget);
        var summary = FakeStream.Summary(RecordDistributionStrategy.Auto);
        await retrieval.PrepareAsync(summary, shard.Clock.GetUtcNow(), TestContext.Current.CancellationToken);
        shard.Clock.Advance(TimeSpan.FromHours(1));
        PutAggregate(shard, 1, shard.Clock.GetUtcNow() - TimeSpan.FromMinutes(30));
        PutAggregate(shard, 2, shard.Clock.GetUtcNow() + TimeSpan.FromMinutes(5)); // as if it had been read later
        Put(shard, 3, "plain");
        await using var consumer = shard.Consumer(retrieval);
        consumer.Start();

        Assert.Equal("records:1,1/1,3", await shard.Processor.WhenAsync("records"));
        Assert.Equal(1, shard.Logs.Count(1320));
    }

    [Fact]
    public async Task A_producer_that_puts_nothing_but_such_aggregates_does_not_make_the_service_asked_for_each()
    {
        var shard = Misplacing();
        shard.Stream.MaxPerRead = 1;
        var started = shard.Clock.GetUtcNow();
        shard.Processor.OnRecords = (_, _, _) => default;
        await using var consumer = shard.Consumer();
        consumer.Start();
        for (var number = 1; number <= 60; number++)
        {
            PutAggregate(shard, number, started + TimeSpan.FromMinutes(1)); // always younger than the known strategy
        }

        Put(shard, 61, "plain");
        await shard.Processor.WhenAsync("records");

        var calls = shard.Stream.Descriptions.Count;
        var elapsed = shard.Clock.GetUtcNow() - started;
        Assert.True(calls <= 1 + (elapsed / RecordDistribution.MinTimeBetweenRequests), $"{calls} calls in {elapsed}");
        Assert.Equal([61], shard.Processor.Delivered);
        Assert.InRange(shard.Logs.Count(1320), 1, 1 + (int)elapsed.TotalMinutes);
    }

    [Fact]
    public async Task Where_the_strategy_cannot_be_read_the_aggregate_is_delivered()
    {
        var shard = Misplacing();
        shard.Stream.OnDescribe = _ => throw new KinesisException(KinesisErrorCode.Throttled, "too many");
        PutAggregate(shard, 1, shard.Clock.GetUtcNow());
        await using var consumer = shard.Consumer();
        consumer.Start();

        Assert.Equal("records:1,1/1", await shard.Processor.WhenAsync("records"));
        Assert.Equal((1, 0), (shard.Logs.Count(1321), shard.Logs.Count(1320)));
    }

    [Fact]
    public async Task A_stop_while_the_service_is_asked_loses_nothing()
    {
        var shard = Misplacing();
        var asked = new TaskCompletionSource();
        shard.Stream.OnDescribe = async token =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, shard.Clock, token);
            throw new InvalidOperationException("The silence was broken.");
        };
        PutAggregate(shard, 1, shard.Clock.GetUtcNow());
        await using (var consumer = shard.Consumer())
        {
            consumer.Start();
            await shard.Clock.RunUntilAsync(asked.Task, ShardHarness.Soon);
            consumer.RequestStop();
            await shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon);
        }

        Assert.Equal(0, shard.Stream.LiveBuffers);
        Assert.Equal(0, shard.Budget.Held);
        Assert.Empty(shard.Processor.Delivered);
    }

    [Fact]
    public async Task An_explicit_hash_key_that_is_none_is_told_once_and_its_record_delivered()
    {
        // In the form that the Node.js aggregator writes: table ["undefined"], key pk1, data u.
        byte[] message = [0x0A, 3, .. "pk1"u8, 0x12, 9, .. "undefined"u8, 0x1A, 7, 8, 0, 0x10, 0, 0x1A, 1, .. "u"u8];
        byte[] aggregate = [0xF3, 0x89, 0x9A, 0xC2, .. message, .. BitConverter.GetBytes(Md5.Hash(message)).Reverse()];
        var shard = Misplacing();
        for (var number = 1; number <= 3; number++)
        {
            shard.Stream.Put(new KinesisRecord(aggregate, "pk1", SequenceNumber.Parse($"{number}")));
        }

        var seen = new List<string>();
        shard.Processor.OnRecords = (_, input, _) =>
        {
            seen.AddRange(input.Records.Select(r => Encoding.UTF8.GetString(r.Data.Span)));
            return default;
        };
        await using var consumer = shard.Consumer();
        consumer.Start();
        await shard.Processor.WhenAsync("records");
        consumer.RequestStop();
        await shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon);

        Assert.Equal(["u", "u", "u"], seen);
        Assert.Equal(1, shard.Logs.Count(1322));
    }

    [Fact]
    public async Task Records_without_a_partition_key_are_processed_like_others()
    {
        var shard = Misplacing();
        shard.Stream.Put(new KinesisRecord("plain"u8.ToArray(), null, SequenceNumber.Parse("1")));
        shard.Stream.Put(new KinesisRecord(Convert.FromHexString(Aggregate), null, SequenceNumber.Parse("2")));
        List<(string? Key, string Position)> seen = [];
        shard.Processor.OnRecords = (_, input, token) =>
        {
            seen.AddRange(input.Records.Select(r => (r.PartitionKey, r.Position.ToString())));
            return input.Checkpointer.CheckpointAsync(token);
        };
        await using var consumer = shard.Consumer();
        consumer.Start();
        await shard.Processor.WhenAsync("records");
        consumer.RequestStop();
        await shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon);

        Assert.Equal([(null, "1"), ("pk1", "2"), ("pk2", "2/1")], seen);
        Assert.Equal(new ExtendedSequenceNumber(SequenceNumber.Parse("2"), 1), shard.Lease.Current.Checkpoint);
        Assert.Empty(shard.Stream.Descriptions); // only such a stream accepts an aggregate without a key
    }

    [Fact]
    public async Task S52_What_only_looks_like_an_aggregate_is_delivered_as_it_is()
    {
        var shard = new ShardHarness();
        var bytes = Convert.FromHexString(Aggregate);
        bytes[^1] ^= 1;
        shard.Stream.Put(new KinesisRecord(bytes, "key", SequenceNumber.Parse("1")));
        byte[]? seen = null;
        shard.Processor.OnRecords = (_, input, _) =>
        {
            seen = Assert.Single(input.Records).Data.ToArray();
            return default;
        };
        await using var consumer = shard.Consumer();
        consumer.Start();
        await shard.Processor.WhenAsync("records");
        consumer.RequestStop();
        await shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon);

        Assert.Equal(bytes, seen);
    }

    private static void Put(ShardHarness shard, long number, string text) =>
        shard.Stream.Put(new KinesisRecord(Encoding.UTF8.GetBytes(text), "key", SequenceNumber.Parse($"{number}")));

    private static void PutAggregate(ShardHarness shard, long number, DateTimeOffset? arrival = null) =>
        shard.Stream.Put(new KinesisRecord(Convert.FromHexString(Aggregate), "a", SequenceNumber.Parse($"{number}"), 0, arrival));

    /// <summary>Creates a shard to which pk1 belongs, and pk2 does not.</summary>
    private static ShardHarness Misplacing()
    {
        var shard = new ShardHarness();
        var pk1 = UInt128.Parse("329398341438914906102347661116985167824", System.Globalization.CultureInfo.InvariantCulture);
        shard.Lease.Current = shard.Lease.Current with { HashKeyRange = new(pk1, UInt128.MaxValue) };
        return shard;
    }
}
