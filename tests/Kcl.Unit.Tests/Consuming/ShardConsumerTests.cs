using Kcl.Consuming;
using Kcl.Kinesis;
using Kcl.Unit.Tests.Retrieval;

namespace Kcl.Unit.Tests.Consuming;

/// <summary>
/// Tests a shard consumer with everything around it in memory. The numbers are those of the scenarios in the reference, §9.
/// </summary>
public class ShardConsumerTests
{
    private static readonly ChildShard Child = new(new("child"), [ShardHarness.Shard], HashKeyRange.Whole);

    private readonly ShardHarness _shard = new();

    private ScriptedProcessor Processor => _shard.Processor;

    [Fact]
    public async Task A_shard_is_initialized_processed_ended_and_completed_by_the_library()
    {
        _shard.Stream.Put(1, 2, 3);
        _shard.Stream.Close(Child);

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.RunAsync());

        Assert.Equal(["initialize@TRIM_HORIZON", "records:1,2,3", "ended", "disposed"], Processor.Calls);
        Assert.Equal(ExtendedSequenceNumber.ShardEnd, _shard.Lease.Current.Checkpoint);
        Assert.Equal([Child], Assert.Single(_shard.Coordination.ChildrenCreated));
        Assert.Equal((0, 0L), (_shard.Stream.LiveBuffers, _shard.Budget.Held));
    }

    [Fact]
    public async Task Children_have_leases_before_the_end_is_told_or_stored()
    {
        _shard.Stream.Close(Child);
        _shard.Coordination.BeforeChildren = _ =>
        {
            Assert.DoesNotContain("ended", Processor.Calls);
            Assert.False(_shard.Lease.Current.Checkpoint.IsShardEnd);
            return Task.CompletedTask;
        };

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.RunAsync());
        Assert.Single(_shard.Coordination.ChildrenCreated);
    }

    [Fact]
    public async Task A_processor_that_completes_the_shard_itself_costs_no_second_write()
    {
        _shard.Stream.Put(1);
        _shard.Stream.Close(Child);
        Processor.OnShardEnded = (_, input, token) => input.Checkpointer.CheckpointAsync(token);

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.RunAsync());
        Assert.Single(_shard.Lease.Writes);
    }

    [Fact]
    public async Task Nothing_happens_before_the_parents_are_finished()
    {
        _shard.Coordination.ParentsFinished = new();
        _shard.Stream.Put(1);
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await Task.Yield();
        Assert.Equal(ShardConsumerState.WaitingForParents, consumer.Status.State);
        Assert.Empty(_shard.Stream.Calls);

        _shard.Coordination.ParentsFinished.SetResult();
        await Processor.WhenAsync("records:1");

        Assert.Equal(ShardConsumerState.Processing, consumer.Status.State);
    }

    [Fact]
    public async Task A_lease_that_is_already_at_its_end_only_has_its_children_ensured()
    {
        var shard = new ShardHarness(ExtendedSequenceNumber.ShardEnd);

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await shard.RunAsync());

        Assert.Empty(shard.Processor.Calls);
        Assert.Empty(shard.Stream.Calls);
        Assert.Single(shard.Coordination.ChildrenCreated);
    }

    [Fact]
    public async Task Initialization_tells_the_position_and_what_was_pending()
    {
        var shard = new ShardHarness(new(SequenceNumber.Parse("5"), 2));
        shard.Lease.Current = shard.Lease.Current with {
            PendingCheckpoint = new(SequenceNumber.Parse("9")),
            PendingCheckpointState = new byte[] { 7 } };
        InitializationInput? seen = null;
        shard.Processor.OnInitialize = (_, input, _) =>
        {
            seen = input;
            return default;
        };
        await using var consumer = shard.Consumer();
        consumer.Start();
        await shard.Processor.WhenAsync("initialize");
        consumer.RequestStop();
        await shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon);

        Assert.Equal(
            (
                ShardHarness.Shard,
                new ExtendedSequenceNumber(SequenceNumber.Parse("5"), 2),
                new ExtendedSequenceNumber(SequenceNumber.Parse("9"))),
            (seen!.ShardId, seen.Position, seen.PendingCheckpoint!.Value));
        Assert.Equal([7], seen.PendingCheckpointState.ToArray());
    }

    [Fact]
    public async Task Failures_without_progress_release_the_shard_and_move_no_checkpoint()
    {
        _shard.Stream.Put(1);
        Processor.OnRecords = (_, _, _) => throw new InvalidOperationException("poison");

        Assert.Equal(ShardConsumerOutcome.GaveUp, await _shard.RunAsync());

        Assert.Equal([1, 1, 1, 1], Processor.Delivered);
        Assert.Equal(["lost", "disposed"], Processor.Calls.TakeLast(2));
        Assert.Empty(_shard.Lease.Writes);
        Assert.Equal((0, 0L), (_shard.Stream.LiveBuffers, _shard.Budget.Held));
    }

    [Fact]
    public async Task S54_A_checkpoint_inside_an_aggregate_resumes_with_the_next_of_its_records()
    {
        var shard = new ShardHarness(new(SequenceNumber.Parse("5"), 2));
        for (var sub = 0; sub < 5; sub++)
        {
            shard.Stream.Put(FakeStream.Record(5, sub));
        }

        await using var consumer = shard.Consumer();
        consumer.Start();

        Assert.Equal("records:5/3,5/4", await shard.Processor.WhenAsync("records"));
    }

    [Fact]
    public async Task Empty_batches_are_delivered_where_that_is_wanted_but_never_at_the_end()
    {
        _shard.Options.DeliverEmptyBatches = true;
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await Processor.WhenAsync("records:");
        await Processor.WhenAsync("records:");
        _shard.Stream.Close(Child);

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon));
        Assert.All(
            Processor.Calls.SkipWhile(c => c.StartsWith("init", StringComparison.Ordinal)).TakeWhile(c => c != "ended"),
            c => Assert.Equal("records:", c));
    }

    [Fact]
    public async Task Status_tells_what_was_delivered_and_how_far_behind()
    {
        _shard.Stream.MaxPerRead = 2;
        _shard.Stream.Put(1, 2, 3);
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await Processor.WhenAsync("records:3");
        await _shard.Clock.RunUntilAsync(Task.Run(async () =>
        {
            while (consumer.Status.RecordsDelivered < 3)
            {
                await Task.Yield();
            }
        }, TestContext.Current.CancellationToken));

        var status = consumer.Status;
        Assert.Equal(
            (ShardConsumerState.Processing, 0L, 3L, 30L, 0),
            (status.State, status.MillisBehindLatest!.Value, status.RecordsDelivered, status.BytesDelivered, status.Restarts));
        Assert.Equal(new ExtendedSequenceNumber(SequenceNumber.Parse("3")), status.Delivered);
    }

    [Fact]
    public async Task A_quiet_shard_logs_its_start_and_nothing_more()
    {
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await Processor.WhenAsync("initialize");
        await _shard.Clock.RunUntilAsync(Task.Run(
            async () =>
            {
                while (_shard.Logs.Entries.Count == 0)
                {
                    await Task.Yield();
                }
            },
            TestContext.Current.CancellationToken));
        for (var i = 0; i < 50; i++)
        {
            await _shard.Clock.AdvanceToNextTimerAsync(TimeSpan.FromSeconds(2));
        }

        Assert.Equal([1400], _shard.Logs.Entries.Select(e => e.Event.Id));
    }
}
