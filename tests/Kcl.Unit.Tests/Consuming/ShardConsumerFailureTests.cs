using Kcl.Consuming;
using Kcl.Kinesis;

namespace Kcl.Unit.Tests.Consuming;

/// <summary>
/// Tests shards whose processor, store or stream fails: no record is skipped, and no failure is repeated forever.
/// </summary>
public class ShardConsumerFailureTests
{
    private static readonly ChildShard Child = new(new("child"), [ShardHarness.Shard], HashKeyRange.Whole);

    private readonly ShardHarness _shard = new();

    private ScriptedProcessor Processor => _shard.Processor;

    [Fact]
    public async Task A_look_at_the_parents_that_fails_is_repeated()
    {
        _shard.Coordination.Faults.Enqueue(new DependencyException("store down"));
        _shard.Coordination.Faults.Enqueue(new ThrottlingException("slow down"));
        _shard.Stream.Put(1);
        await using var consumer = _shard.Consumer();
        consumer.Start();

        await Processor.WhenAsync("records:1");
    }

    [Fact]
    public async Task A_failing_initialization_is_repeated_with_pauses_and_then_given_up()
    {
        Processor.OnInitialize = (_, _, _) => throw new InvalidOperationException("no database");

        Assert.Equal(ShardConsumerOutcome.GaveUp, await _shard.RunAsync());

        Assert.Equal([.. Enumerable.Repeat("initialize@TRIM_HORIZON", 4), "disposed"], Processor.Calls);
        Assert.True(_shard.Clock.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) > TimeSpan.FromMilliseconds(250));
        Assert.Equal(1, _shard.Logs.Count(1405));
    }

    [Theory]
    [InlineData(1401)] // when the shard consumer has ended
    [InlineData(1408)] // when the shard consumer has failed
    public async Task A_log_that_throws_does_not_keep_a_consumer_from_completing(int eventId)
    {
        _shard.Logs.OnLog = id =>
        {
            if (id == eventId)
            {
                throw new IOException("disk full");
            }

            if (eventId == 1408 && id == 1400)
            {
                throw new InvalidOperationException("a defect");
            }
        };
        _shard.Stream.Put(1);
        _shard.Stream.Close(Child);

        var consumer = _shard.Consumer(); // disposing it waits for its completion
        consumer.Start();
        var outcome = await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon);

        Assert.Equal(eventId == 1401 ? ShardConsumerOutcome.ShardEnded : ShardConsumerOutcome.GaveUp, outcome);
    }

    [Fact]
    public async Task S61_A_batch_that_failed_is_delivered_again_and_nothing_is_skipped()
    {
        _shard.Stream.MaxPerRead = 2;
        _shard.Stream.Put(1, 2, 3, 4);
        _shard.Stream.Close(Child);
        var attempts = 0;
        Processor.OnRecords = (_, input, _) => input.Records[0].SequenceNumber.ToString() == "1" && ++attempts <= 3
            ? throw new InvalidOperationException("boom")
            : default;

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.RunAsync());

        Assert.Equal([1, 2, 1, 2, 1, 2, 1, 2, 3, 4], Processor.Delivered);
        Assert.Equal(1, Processor.Instances);
    }

    [Fact]
    public async Task Progress_in_between_forgives_failures()
    {
        _shard.Stream.MaxPerRead = 1;
        _shard.Stream.Put(1, 2, 3, 4, 5, 6);
        _shard.Stream.Close(Child);
        var failed = new HashSet<string>();
        Processor.OnRecords = (_, input, _) => failed.Add(input.Records[0].SequenceNumber + "a")
            || failed.Add(input.Records[0].SequenceNumber + "b")
            ? throw new InvalidOperationException()
            : default;

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.RunAsync()); // twelve failures, never four in a row
    }

    [Fact]
    public async Task An_unusable_processor_is_replaced_and_the_shard_resumes_at_the_last_checkpoint()
    {
        _shard.Stream.MaxPerRead = 1;
        _shard.Stream.Put(1, 2, 3, 4);
        _shard.Stream.Close(Child);
        Processor.OnRecords = (instance, input, token) =>
        {
            var number = input.Records[0].SequenceNumber.ToString();
            return number == "2" ? input.Checkpointer.CheckpointAsync(token)
                : number == "4" && instance == 1 ? throw new ProcessorUnusableException("the child died")
                : default;
        };

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.RunAsync());

        Assert.Equal(
            [
                "initialize@TRIM_HORIZON",
                "records:1",
                "records:2",
                "records:3",
                "records:4",
                "disposed",
                "2:initialize@2",
                "2:records:3",
                "2:records:4",
                "2:ended",
                "2:disposed",
            ],
            Processor.Calls);
    }

    [Fact]
    public async Task A_replaced_processor_cannot_checkpoint_what_its_successor_has_not_seen()
    {
        _shard.Stream.Put(1, 2);
        ICheckpointer? old = null;
        Processor.OnRecords = (instance, input, _) =>
        {
            if (instance == 1)
            {
                old = input.Checkpointer;
                throw new ProcessorUnusableException("dead");
            }

            return default;
        };
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await Processor.WhenAsync("2:records");

        await Assert.ThrowsAsync<LeaseLostException>(async () => await old!.CheckpointAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, consumer.Status.Restarts);
    }

    [Fact]
    public async Task A_record_that_kills_every_processor_releases_the_shard_however_often_those_before_it_succeed()
    {
        _shard.Stream.MaxPerRead = 1;
        _shard.Stream.Put(1, 2, 3);
        Processor.OnRecords = (_, input, _) => input.Records[0].SequenceNumber.ToString() == "3"
            ? throw new ProcessorUnusableException("poison")
            : default;

        Assert.Equal(ShardConsumerOutcome.GaveUp, await _shard.RunAsync());

        Assert.Equal(4, Processor.Instances);
    }

    [Fact]
    public async Task After_a_replacement_from_latest_nothing_delivered_before_is_missing()
    {
        var shard = new ShardHarness(ExtendedSequenceNumber.Latest);
        shard.Stream.Put(1);
        shard.Clock.Advance(TimeSpan.FromMinutes(1));
        shard.Processor.OnRecords = (instance, input, _) => instance == 1 && input.Records[0].SequenceNumber.ToString() == "3"
            ? throw new ProcessorUnusableException("dead")
            : default;
        var reads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shard.Stream.BeforeRead = _ =>
        {
            reads.TrySetResult();
            return Task.CompletedTask;
        };
        await using var consumer = shard.Consumer();
        consumer.Start();
        await shard.Clock.RunUntilAsync(reads.Task); // LATEST is resolved
        shard.Stream.Put(2);
        await shard.Processor.WhenAsync("records:2");
        shard.Stream.Put(3);

        Assert.Equal("2:records:2,3", await shard.Processor.WhenAsync("2:records"));
    }

    [Fact]
    public async Task An_initialization_that_finds_the_processor_unusable_makes_a_new_one()
    {
        _shard.Stream.Put(1);
        Processor.OnInitialize = (instance, _, _) => instance < 3
            ? throw new ProcessorUnusableException("cannot start the child")
            : default;
        await using var consumer = _shard.Consumer();
        consumer.Start();

        await Processor.WhenAsync("3:records:1");
    }

    [Fact]
    public async Task A_failing_end_is_told_again_to_the_same_processor()
    {
        _shard.Stream.Put(1);
        _shard.Stream.Close(Child);
        var attempts = 0;
        Processor.OnShardEnded = (_, _, _) => ++attempts < 3 ? throw new InvalidOperationException() : default;

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.RunAsync());

        Assert.Equal(["initialize@TRIM_HORIZON", "records:1", "ended", "ended", "ended", "disposed"], Processor.Calls);
    }

    [Fact]
    public async Task A_processor_that_dies_at_the_end_is_replaced_and_its_successor_sees_what_was_not_checkpointed()
    {
        _shard.Stream.MaxPerRead = 1;
        _shard.Stream.Put(1, 2);
        _shard.Stream.Close(Child);
        Processor.OnRecords = (_, input, token) => input.Records[0].SequenceNumber.ToString() == "1"
            ? input.Checkpointer.CheckpointAsync(token)
            : default;
        Processor.OnShardEnded = (instance, _, _) => instance == 1 ? throw new ProcessorUnusableException("died") : default;

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.RunAsync());

        Assert.Equal(["ended", "disposed", "2:initialize@1", "2:records:2", "2:ended", "2:disposed"], Processor.Calls.Skip(3));
    }

    [Fact]
    public async Task A_processor_that_always_dies_at_the_end_releases_the_shard()
    {
        _shard.Stream.Put(1);
        _shard.Stream.Close(Child);
        Processor.OnShardEnded = (_, _, _) => throw new ProcessorUnusableException("died");

        Assert.Equal(ShardConsumerOutcome.GaveUp, await _shard.RunAsync());

        Assert.Equal(4, Processor.Instances);
        Assert.False(_shard.Lease.Current.Checkpoint.IsShardEnd);
    }

    [Fact]
    public async Task The_end_is_stored_also_by_a_store_that_fails_at_first()
    {
        _shard.Stream.Close(Child);
        _shard.Lease.FailWrites(new ThrottlingException("slow down"), new DependencyException("down"));

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.RunAsync());

        Assert.Single(Processor.Calls, c => c == "ended");
        Assert.True(_shard.Lease.Current.Checkpoint.IsShardEnd);
    }

    [Fact]
    public async Task A_store_in_trouble_is_no_reason_to_give_a_finished_shard_to_somebody_else()
    {
        _shard.Stream.Close(Child);
        for (var i = 0; i < 8; i++)
        {
            _shard.Coordination.ChildFaults.Enqueue(new ThrottlingException("slow down"));
        }

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.RunAsync(atMost: TimeSpan.FromMinutes(10)));

        Assert.True(_shard.Lease.Current.Checkpoint.IsShardEnd);
    }

    [Theory]
    [InlineData(3, ShardConsumerOutcome.ShardEnded)]
    [InlineData(4, ShardConsumerOutcome.GaveUp)]
    public async Task Children_that_cannot_be_created_hold_the_end_up_and_in_the_end_release_the_shard(int faults, object outcome)
    {
        _shard.Stream.Close(Child);
        for (var i = 0; i < faults; i++)
        {
            _shard.Coordination.ChildFaults.Enqueue(new InvalidStateException("denied"));
        }

        Assert.Equal((ShardConsumerOutcome)outcome, await _shard.RunAsync());

        Assert.Equal(faults == 3, Processor.Calls.Contains("ended"));
        Assert.Equal(faults == 3, _shard.Lease.Current.Checkpoint.IsShardEnd);
    }

    [Fact]
    public async Task S13_Calls_never_overlap_whatever_fails_around_them()
    {
        _shard.Stream.MaxPerRead = 1;
        _shard.Stream.Put(Enumerable.Range(1, 60).Select(n => (long)n));
        _shard.Stream.Close(Child);
        var random = new Random(3);
        for (var i = 0; i < 10; i++)
        {
            _shard.Stream.FailRead((KinesisErrorCode)(i % 5 == 0
                ? (int)KinesisErrorCode.ExpiredIterator
                : (int)KinesisErrorCode.ServiceFailure));
        }

        Processor.OnRecords = async (_, input, token) =>
        {
            await Task.Yield();
            switch (random.Next(6))
            {
                case 0: throw new InvalidOperationException();
                case 1: throw new ProcessorUnusableException("again");
                case 2: await input.Checkpointer.CheckpointAsync(token); break;
            }
        };
        _shard.Options.MaxFailuresBeforeRelease = 1_000;
        _shard.Options.MaxProcessorRetryDelay = TimeSpan.FromSeconds(2);

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.RunAsync(TimeSpan.FromSeconds(10)));

        Assert.False(Processor.Overlapped);
        Assert.Equal(Enumerable.Range(1, 60).Select(n => (long)n), Processor.Delivered.Distinct());
        // in order, except for replays
        Assert.All(Processor.Delivered.Zip(Processor.Delivered.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1));
    }
}
