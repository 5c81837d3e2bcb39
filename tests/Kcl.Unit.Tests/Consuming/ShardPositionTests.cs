using Kcl.Consuming;
using Kcl.Kinesis;
using Kcl.Leasing;

namespace Kcl.Unit.Tests.Consuming;

/// <summary>Tests where the reading of a shard starts, and when it ends.</summary>
public class ShardPositionTests
{
    private static readonly DateTimeOffset Instant = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_shard_that_one_list_does_not_show_has_not_ended()
    {
        var shard = new ShardHarness();
        var listings = 0;
        shard.Coordination.OnLookUp = () => ++listings == 1 ? new(false, false, []) : new(true, true, []);
        shard.Stream.Put(1);
        shard.Stream.FailIterator(KinesisErrorCode.ResourceNotFound, 2);
        await using var consumer = shard.Consumer();
        consumer.Start();

        await shard.Processor.WhenAsync("records:1");

        Assert.False(shard.Lease.Current.Checkpoint.IsShardEnd);
        Assert.Equal(2, listings);
    }

    [Fact]
    public async Task A_checkpoint_before_the_shards_first_record_is_read_from_the_oldest_record()
    {
        var shard = new ShardHarness(new(SequenceNumber.Parse("7")));
        shard.Coordination.Listing = new(true, true, []) { StartingSequenceNumber = SequenceNumber.Parse("1000") };
        shard.Stream.Put(1001, 1002);
        shard.Stream.FailIterator(KinesisErrorCode.InvalidArgument);
        await using var consumer = shard.Consumer();
        consumer.Start();

        await shard.Processor.WhenAsync("records:1001,1002");

        Assert.Equal(StartingPositionType.TrimHorizon, shard.Stream.Positions[^1].Type);
        Assert.Equal(1, shard.Coordination.Suspicions);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task At_the_tip_only_the_first_reader_asks_for_the_tip(bool isFirst)
    {
        var shard = new ShardHarness(ExtendedSequenceNumber.Latest);
        shard.Lease.Current = shard.Lease.Current with { PrivateAttributes = LeaseAnnotations.Of(null, new StoredStartTime(Instant)) };
        shard.Lease.StartsAtTip = isFirst;
        var read = WhenRead(shard);
        await using var consumer = shard.Consumer();
        consumer.Start();

        await shard.Clock.RunUntilAsync(read, ShardHarness.Soon);

        Assert.Equal(isFirst ? StartingPosition.Latest : StartingPosition.AtTimestamp(Instant), shard.Stream.Positions[0]);
    }

    [Fact]
    public async Task A_lease_at_an_instant_remembers_it_whatever_is_configured()
    {
        var shard = new ShardHarness(ExtendedSequenceNumber.AtTimestamp);
        shard.Options.Stream.InitialPosition = InitialPosition.AtTimestamp(Instant.AddYears(1));
        shard.Lease.Current = shard.Lease.Current with { PrivateAttributes = LeaseAnnotations.Of(null, new StoredStartTime(Instant)) };
        var read = WhenRead(shard);
        await using var consumer = shard.Consumer();
        consumer.Start();

        await shard.Clock.RunUntilAsync(read, ShardHarness.Soon);

        Assert.Equal(StartingPosition.AtTimestamp(Instant), shard.Stream.Positions[0]);
    }

    /// <summary>Tests a process that was frozen for longer than its lease was valid, and continues before its timers have fired.</summary>
    [Fact]
    public async Task Nothing_is_delivered_after_the_leases_deadline_even_before_the_token_says_so()
    {
        var shard = new ShardHarness();
        var first = new TaskCompletionSource();
        shard.Processor.OnRecords = async (_, _, _) => await first.Task;
        shard.Stream.Put(1);
        await using var consumer = shard.Consumer();
        consumer.Start();
        await shard.Processor.WhenAsync("records:1");
        shard.Stream.Put(2);
        await shard.Clock.RunUntilAsync(Task.Delay(TimeSpan.FromSeconds(2), shard.Clock, Token), TimeSpan.FromSeconds(3));

        shard.Lease.IsHeld = false;
        first.SetResult();

        Assert.Equal(ShardConsumerOutcome.LeaseLost, await shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon));
        Assert.Equal([1], shard.Processor.Delivered);
        Assert.Contains("lost", shard.Processor.Calls);
    }

    private static Task WhenRead(ShardHarness shard)
    {
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shard.Stream.BeforeRead = _ =>
        {
            read.TrySetResult();
            return Task.CompletedTask;
        };
        return read.Task;
    }
}
