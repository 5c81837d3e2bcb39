using System.Text;
using Kcl.Consuming;
using Kcl.Kinesis;

namespace Kcl.Unit.Tests.Consuming;

/// <summary>KPL aggregates on their way to the processor. Scenario numbers are those of the reference on retrieval, §9.3.</summary>
public class ShardConsumerAggregateTests
{
    // The reference's vector: keys pk1 and pk2, data hello and world.
    private const string Aggregate = "f3899ac20a03706b310a03706b321a0908001a0568656c6c6f1a0908011a05776f726c6487c22af1ed18e292eb55b018413a3cff";

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
        var shard = new ShardHarness();
        var pk1 = UInt128.Parse("329398341438914906102347661116985167824", System.Globalization.CultureInfo.InvariantCulture);
        shard.Lease.Current = shard.Lease.Current with { HashKeyRange = new(pk1, UInt128.MaxValue) }; // pk2 lies elsewhere
        PutAggregate(shard, 1);
        Put(shard, 2, "plain");
        PutAggregate(shard, 3);
        shard.Stream.Close(new ChildShard(new("child"), [ShardHarness.Shard], HashKeyRange.Whole));

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await shard.RunAsync());
        Assert.Equal([2], shard.Processor.Delivered);
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

    private static void Put(ShardHarness shard, long number, string text) => shard.Stream.Put(new KinesisRecord(Encoding.UTF8.GetBytes(text), "key", SequenceNumber.Parse($"{number}")));

    private static void PutAggregate(ShardHarness shard, long number) => shard.Stream.Put(new KinesisRecord(Convert.FromHexString(Aggregate), "a", SequenceNumber.Parse($"{number}")));
}
