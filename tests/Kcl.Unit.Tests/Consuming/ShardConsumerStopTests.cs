using Kcl.Consuming;
using Kcl.Kinesis;

namespace Kcl.Unit.Tests.Consuming;

/// <summary>Tests the two ways in which a shard consumer is ended from outside: a stop, and the loss of the lease.</summary>
public class ShardConsumerStopTests
{
    private static readonly ChildShard Child = new(new("child"), [ShardHarness.Shard], HashKeyRange.Whole);

    private readonly ShardHarness _shard = new();

    private ScriptedProcessor Processor => _shard.Processor;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stopped_or_lost_while_waiting_for_parents_no_processor_is_called(bool lost)
    {
        _shard.Coordination.ParentsFinished = new();
        await using var consumer = _shard.Consumer();
        consumer.Start();

        if (lost)
        {
            _shard.Lease.Lose();
        }
        else
        {
            consumer.RequestStop();
        }

        Assert.Equal(
            lost ? ShardConsumerOutcome.LeaseLost : ShardConsumerOutcome.Stopped,
            await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon));
        Assert.Empty(Processor.Calls);
    }

    [Fact]
    public async Task A_checkpoint_of_everything_at_a_stop_does_not_pass_a_batch_that_failed()
    {
        _shard.Stream.MaxPerRead = 1;
        _shard.Stream.Put(1, 2, 3);
        await using var consumer = _shard.Consumer();
        Processor.OnRecords = (_, input, _) =>
        {
            if (input.Records[0].SequenceNumber == SequenceNumber.Parse("2"))
            {
                consumer.RequestStop();
                throw new InvalidOperationException();
            }

            return ValueTask.CompletedTask;
        };
        Processor.OnShutdown = (_, input, token) => input.Checkpointer.CheckpointAsync(token);
        consumer.Start();

        Assert.Equal(ShardConsumerOutcome.Stopped, await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon));
        Assert.Equal(new ExtendedSequenceNumber(SequenceNumber.Parse("1")), _shard.Lease.Current.Checkpoint);
    }

    [Fact]
    public async Task A_stop_lets_the_batch_finish_asks_for_a_checkpoint_and_makes_the_last_call()
    {
        _shard.Stream.MaxPerRead = 1;
        _shard.Stream.Put(1, 2, 3);
        var finish = new TaskCompletionSource();
        Processor.OnRecords = async (_, _, token) =>
        {
            await finish.Task;
            Assert.False(token.IsCancellationRequested);
        };
        Processor.OnShutdown = (_, input, token) => input.Checkpointer.CheckpointAsync(token);
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await Processor.WhenAsync("records:1");

        consumer.RequestStop();
        finish.SetResult();

        Assert.Equal(ShardConsumerOutcome.Stopped, await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon));
        Assert.Equal(["initialize@TRIM_HORIZON", "records:1", "shutdown", "lost", "disposed"], Processor.Calls);
        Assert.Equal(new ExtendedSequenceNumber(SequenceNumber.Parse("1")), _shard.Lease.Current.Checkpoint);
        Assert.Equal((0, 0L), (_shard.Stream.LiveBuffers, _shard.Budget.Held));
    }

    [Fact]
    public async Task A_stop_does_not_repeat_a_failed_batch()
    {
        _shard.Stream.Put(1);
        await using var consumer = _shard.Consumer();
        Processor.OnRecords = (_, _, _) =>
        {
            consumer.RequestStop();
            throw new InvalidOperationException();
        };
        consumer.Start();

        Assert.Equal(ShardConsumerOutcome.Stopped, await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon));
        Assert.Equal([1], Processor.Delivered);
    }

    [Fact]
    public async Task A_stop_whose_last_calls_throw_is_a_stop_all_the_same()
    {
        _shard.Stream.Put(1);
        Processor.OnShutdown = (_, _, _) => throw new InvalidOperationException();
        Processor.OnLeaseLost = (_, _) => throw new InvalidOperationException();
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await Processor.WhenAsync("records:1");
        consumer.RequestStop();

        Assert.Equal(ShardConsumerOutcome.Stopped, await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon));
        Assert.Equal(["shutdown", "lost", "disposed"], Processor.Calls.TakeLast(3));
    }

    [Fact]
    public async Task After_lease_lost_was_told_checkpoints_are_refused()
    {
        _shard.Stream.Put(1);
        Exception? refused = null;
        Processor.OnLeaseLost = async (_, token) =>
            refused = await Record.ExceptionAsync(async () => await Processor.Checkpointer!.CheckpointAsync(token));
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await Processor.WhenAsync("records:1");
        consumer.RequestStop();
        await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon);

        Assert.IsType<LeaseLostException>(refused);
        Assert.Empty(_shard.Lease.Writes);
    }

    [Fact]
    public async Task Patience_that_ran_out_cancels_the_processors_token()
    {
        _shard.Stream.Put(1);
        Processor.OnRecords = async (_, _, token) => await Task.Delay(Timeout.Infinite, token);
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await Processor.WhenAsync("records:1");
        consumer.RequestStop();
        await Task.Yield();
        Assert.False(consumer.Completion.IsCompleted);

        consumer.Abort();

        Assert.Equal(ShardConsumerOutcome.Stopped, await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon));
    }

    [Fact]
    public async Task S49_A_lost_lease_cancels_the_processor_drops_what_was_fetched_and_writes_nothing()
    {
        _shard.Stream.MaxPerRead = 1;
        _shard.Stream.Put(1, 2, 3);
        Processor.OnRecords = async (_, _, token) => await Task.Delay(Timeout.Infinite, token);
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await Processor.WhenAsync("records:1");

        _shard.Lease.Lose();

        Assert.Equal(ShardConsumerOutcome.LeaseLost, await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon));
        Assert.Equal(["initialize@TRIM_HORIZON", "records:1", "lost", "disposed"], Processor.Calls);
        Assert.Empty(_shard.Lease.Writes);
        Assert.Equal((0, 0L), (_shard.Stream.LiveBuffers, _shard.Budget.Held));
    }

    [Fact]
    public async Task A_lease_lost_during_a_stop_is_a_lost_lease()
    {
        _shard.Stream.Put(1);
        Processor.OnShutdown = (_, _, _) =>
        {
            _shard.Lease.Lose();
            return default;
        };
        await using var consumer = _shard.Consumer();
        consumer.Start();
        await Processor.WhenAsync("records:1");
        consumer.RequestStop();

        Assert.Equal(ShardConsumerOutcome.LeaseLost, await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon));
        Assert.Equal("lost", Processor.Calls[^2]);
    }

    [Fact]
    public async Task A_lease_lost_at_the_end_of_the_shard_leaves_the_end_to_its_next_owner()
    {
        _shard.Stream.Close(Child);
        Processor.OnShardEnded = (_, _, _) =>
        {
            _shard.Lease.Lose();
            return default;
        };

        Assert.Equal(ShardConsumerOutcome.LeaseLost, await _shard.RunAsync());
        Assert.False(_shard.Lease.Current.Checkpoint.IsShardEnd);
    }

    [Fact]
    public async Task A_stop_during_the_last_call_completes_the_shard_all_the_same()
    {
        _shard.Stream.Close(Child);
        await using var consumer = _shard.Consumer();
        Processor.OnShardEnded = (_, _, _) =>
        {
            consumer.RequestStop();
            return default;
        };
        consumer.Start();

        Assert.Equal(ShardConsumerOutcome.ShardEnded, await _shard.Clock.RunUntilAsync(consumer.Completion, ShardHarness.Soon));
        Assert.DoesNotContain("shutdown", Processor.Calls);
    }

    [Fact]
    public async Task Disposed_without_ever_being_started_it_is_over()
    {
        var consumer = _shard.Consumer();

        await consumer.DisposeAsync();
        await consumer.DisposeAsync();

        Assert.Equal(ShardConsumerOutcome.Stopped, await consumer.Completion);
    }
}
