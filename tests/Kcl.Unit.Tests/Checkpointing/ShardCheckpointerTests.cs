using CsCheck;
using Kcl.Checkpointing;
using Kcl.Diagnostics;
using Kcl.Leasing;
using Kcl.Unit.Tests.Consuming;
using Kcl.Unit.Tests.Retrieval;

namespace Kcl.Unit.Tests.Checkpointing;

public class ShardCheckpointerTests
{
    private static readonly ShardId Shard = new("shardId-000000000000");

    private readonly FakeLease _lease;
    private readonly ShardCheckpointer _checkpointer;

    public ShardCheckpointerTests()
        : this(At(10))
    {
    }

    private ShardCheckpointerTests(ExtendedSequenceNumber start)
    {
        _lease = new FakeLease(Shard, start);
        _checkpointer = new ShardCheckpointer(_lease, new ShardMetrics(new("words"), Shard), TimeProvider.System);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_delivered_is_checkpointed_with_its_sub_sequence_number()
    {
        _checkpointer.BeginDelivery(At(1), At(20, 3));

        await _checkpointer.CheckpointAsync(Token);

        Assert.Equal(At(20, 3), _lease.Current.Checkpoint);
        Assert.Equal(0, _lease.Current.OwnerSwitchesSinceCheckpoint);
    }

    [Fact]
    public async Task A_record_is_checkpointed_with_its_sub_sequence_number_and_a_bare_number_with_none()
    {
        _checkpointer.BeginDelivery(At(1), At(20, 3));

        await _checkpointer.CheckpointAsync(FakeStream.Record(15, 2), Token);
        Assert.Equal(At(15, 2), _lease.Current.Checkpoint);
        await _checkpointer.CheckpointAsync(SequenceNumber.Parse("20"), cancellationToken: Token);
        Assert.Equal(At(20, 0), _lease.Current.Checkpoint);
    }

    [Fact]
    public async Task Before_anything_is_delivered_a_checkpoint_succeeds_without_a_write()
    {
        await _checkpointer.CheckpointAsync(Token);
        await _checkpointer.CheckpointAsync(SequenceNumber.Parse("10"), cancellationToken: Token);

        Assert.Empty(_lease.Writes);
    }

    [Theory]
    [InlineData(9, 0)]
    [InlineData(21, 0)]
    [InlineData(20, 1)]
    [InlineData(15, -1)]
    public async Task S58_Outside_of_last_checkpoint_and_last_delivered_is_refused_and_changes_nothing(long number, long sub)
    {
        _checkpointer.BeginDelivery(At(1), At(20));

        await Assert.ThrowsAsync<InvalidCheckpointException>(async () => await _checkpointer.CheckpointAsync(
            SequenceNumber.Parse($"{number}"),
            sub,
            Token));

        Assert.Empty(_lease.Writes);
        await _checkpointer.CheckpointAsync(Token);
        Assert.Equal(At(20), _lease.Current.Checkpoint);
    }

    [Fact]
    public async Task S60_A_store_that_throttles_is_heard_and_nothing_moves()
    {
        _checkpointer.BeginDelivery(At(1), At(20));
        _lease.FailWrites(new ThrottlingException("slow down"), new DependencyException("down"));

        await Assert.ThrowsAsync<ThrottlingException>(async () => await _checkpointer.CheckpointAsync(Token));
        await Assert.ThrowsAsync<DependencyException>(async () => await _checkpointer.CheckpointAsync(Token));
        Assert.Equal(At(10), _checkpointer.Last);

        await _checkpointer.CheckpointAsync(Token);
        Assert.Equal(At(20), _lease.Current.Checkpoint);
    }

    [Fact]
    public async Task A_failed_write_that_took_effect_is_never_undone_by_a_smaller_one()
    {
        _checkpointer.BeginDelivery(At(1), At(30));
        _lease.FailedWritesLand = true;
        _lease.FailWrites(new DependencyException("reply lost"));
        await Assert.ThrowsAsync<DependencyException>(async () => await _checkpointer.CheckpointAsync(Token));

        await Assert.ThrowsAsync<InvalidCheckpointException>(async () => await _checkpointer.CheckpointAsync(
            SequenceNumber.Parse("20"),
            cancellationToken: Token));
        await _checkpointer.CheckpointAsync(Token);

        Assert.Equal(At(30), _lease.Current.Checkpoint);
        Assert.Single(_lease.Writes);
    }

    [Fact]
    public async Task After_the_lease_is_lost_every_call_says_so()
    {
        _checkpointer.BeginDelivery(At(1), At(20));
        _lease.Lose();

        await Assert.ThrowsAsync<LeaseLostException>(async () => await _checkpointer.CheckpointAsync(Token));
        // even if nothing would be written
        await Assert.ThrowsAsync<LeaseLostException>(async () => await _checkpointer.CheckpointAsync(
            SequenceNumber.Parse("10"),
            cancellationToken: Token));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await _checkpointer.PrepareCheckpointAsync(cancellationToken: Token));
        Assert.Empty(_lease.Writes);
    }

    [Fact]
    public async Task Closed_it_refuses_as_if_the_lease_were_lost()
    {
        _checkpointer.BeginDelivery(At(1), At(20));
        _checkpointer.Close("over");

        Assert.Contains(
            "over",
            (await Assert.ThrowsAsync<LeaseLostException>(async () => await _checkpointer.CheckpointAsync(Token))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_the_end_of_the_shard_everything_means_its_end()
    {
        _checkpointer.BeginDelivery(At(1), At(20));
        _checkpointer.BeginShardEnd();

        await _checkpointer.CheckpointAsync(Token);

        Assert.Equal(ExtendedSequenceNumber.ShardEnd, _lease.Current.Checkpoint);
    }

    [Fact]
    public async Task S56_At_the_end_of_the_shard_naming_the_last_record_means_its_end_even_if_it_was_checkpointed_before()
    {
        _checkpointer.BeginDelivery(At(1), At(20, 2));
        await _checkpointer.CheckpointAsync(Token);
        _checkpointer.BeginShardEnd();

        await _checkpointer.CheckpointAsync(SequenceNumber.Parse("20"), 2, Token);

        Assert.Equal(ExtendedSequenceNumber.ShardEnd, _lease.Current.Checkpoint);
    }

    [Fact]
    public async Task At_the_end_of_the_shard_an_earlier_record_is_just_that()
    {
        _checkpointer.BeginDelivery(At(1), At(20));
        _checkpointer.BeginShardEnd();

        await _checkpointer.CheckpointAsync(SequenceNumber.Parse("19"), cancellationToken: Token);

        Assert.Equal(At(19), _lease.Current.Checkpoint);
    }

    [Fact]
    public async Task Before_the_end_of_the_shard_its_end_cannot_be_prepared()
    {
        _checkpointer.BeginDelivery(At(1), At(20));

        await Assert.ThrowsAsync<InvalidCheckpointException>(async () => await _checkpointer.PrepareCheckpointAsync(
            ExtendedSequenceNumber.ShardEnd,
            cancellationToken: Token));
    }

    [Fact]
    public async Task A_named_position_is_no_place_to_checkpoint()
    {
        var fresh = new ShardCheckpointerTests(ExtendedSequenceNumber.TrimHorizon);
        fresh._checkpointer.BeginDelivery(At(1), At(20));

        await Assert.ThrowsAsync<InvalidCheckpointException>(async () => await fresh._checkpointer.PrepareCheckpointAsync(
            ExtendedSequenceNumber.Latest,
            cancellationToken: Token));
        // at its current position
        Assert.Equal(
            ExtendedSequenceNumber.TrimHorizon,
            (await fresh._checkpointer.PrepareCheckpointAsync(ExtendedSequenceNumber.TrimHorizon, cancellationToken: Token)).Position);
        Assert.Empty(fresh._lease.Writes);
    }

    [Fact]
    public async Task S55_A_prepared_checkpoint_keeps_position_and_state_until_it_is_completed()
    {
        _checkpointer.BeginDelivery(At(1), At(20, 4));

        var prepared = await _checkpointer.PrepareCheckpointAsync(applicationState: new byte[] { 1, 2, 3 }, cancellationToken: Token);

        Assert.Equal(At(10), _lease.Current.Checkpoint);
        Assert.Equal(At(20, 4), _lease.Current.PendingCheckpoint);
        Assert.Equal([1, 2, 3], _lease.Current.PendingCheckpointState!.Value.ToArray());
        await prepared.CheckpointAsync(Token);
        Assert.Equal(At(20, 4), _lease.Current.Checkpoint);
        Assert.Null(_lease.Current.PendingCheckpoint);
        Assert.Null(_lease.Current.PendingCheckpointState);
    }

    [Fact]
    public async Task A_prepared_checkpoint_that_was_overtaken_is_refused()
    {
        _checkpointer.BeginDelivery(At(1), At(30));
        var prepared = await _checkpointer.PrepareCheckpointAsync(At(20), cancellationToken: Token);
        await _checkpointer.CheckpointAsync(Token);

        await Assert.ThrowsAsync<InvalidCheckpointException>(async () => await prepared.CheckpointAsync(Token));
        Assert.Null(_lease.Current.PendingCheckpoint);
    }

    [Fact]
    public async Task S59_A_checkpoint_where_it_stands_clears_what_was_pending()
    {
        _checkpointer.BeginDelivery(At(1), At(30));
        await _checkpointer.PrepareCheckpointAsync(At(20), cancellationToken: Token);

        await _checkpointer.CheckpointAsync(SequenceNumber.Parse("10"), cancellationToken: Token);

        Assert.Equal(At(10), _lease.Current.Checkpoint);
        Assert.Null(_lease.Current.PendingCheckpoint);
    }

    [Fact]
    public async Task Known_children_are_written_again_with_the_checkpoint()
    {
        _lease.Current = _lease.Current with { ChildShardIds = [new("a"), new("b")] };
        _checkpointer.BeginDelivery(At(1), At(20));

        await _checkpointer.CheckpointAsync(Token);

        Assert.Equal([new("a"), new("b")], _lease.Writes[^1].ChildShardIds!);
    }

    [Fact]
    public async Task Checkpoints_from_many_tasks_only_move_forward()
    {
        _checkpointer.BeginDelivery(At(1), At(1000));

        await Task.WhenAll(Enumerable.Range(11, 200).Select(n => Task.Run(async () =>
        {
            try
            {
                await _checkpointer.CheckpointAsync(SequenceNumber.Parse($"{n}"), cancellationToken: Token);
            }
            catch (InvalidCheckpointException)
            {
                // Overtaken by a later one.
            }
        })));

        var written = _lease.Writes.Select(w => w.Checkpoint!.Value).ToList();
        Assert.Equal(written.Order(), written);
        Assert.Equal(At(210), _lease.Current.Checkpoint);
    }

    [Fact]
    public async Task Everything_does_not_count_a_batch_whose_call_failed_until_it_is_delivered_again()
    {
        _checkpointer.BeginDelivery(At(1), At(20));
        _checkpointer.EndDelivery(processed: true);
        _checkpointer.BeginDelivery(At(1), At(30));
        _checkpointer.EndDelivery(processed: false);

        await _checkpointer.CheckpointAsync(Token);
        Assert.Equal(At(20), _lease.Current.Checkpoint);

        await _checkpointer.CheckpointAsync(SequenceNumber.Parse("25"), cancellationToken: Token);
        await _checkpointer.CheckpointAsync(Token);
        Assert.Equal(At(25), _lease.Current.Checkpoint);

        _checkpointer.BeginDelivery(At(1), At(30));
        await _checkpointer.CheckpointAsync(Token);
        Assert.Equal(At(30), _lease.Current.Checkpoint);
    }

    [Theory]
    [InlineData("TRIM_HORIZON")]
    [InlineData("LATEST")]
    [InlineData("AT_TIMESTAMP")]
    public async Task Before_the_first_delivered_record_there_is_nothing_to_checkpoint(string start)
    {
        var fresh = new ShardCheckpointerTests(ExtendedSequenceNumber.Parse(start));
        fresh._checkpointer.BeginDelivery(At(15), At(20));

        var failure = await Assert.ThrowsAsync<InvalidCheckpointException>(async () => await fresh._checkpointer.CheckpointAsync(
            SequenceNumber.Parse("0"),
            cancellationToken: Token));

        Assert.Contains("15", failure.Message, StringComparison.Ordinal);
        Assert.Empty(fresh._lease.Writes);
        await fresh._checkpointer.CheckpointAsync(SequenceNumber.Parse("15"), cancellationToken: Token);
        Assert.Equal(At(15), fresh._lease.Current.Checkpoint);
    }

    /// <summary>For any deliveries and requests, the stored checkpoint never moves back, and never past what was delivered.</summary>
    [Fact]
    public void Rules_keep_checkpoints_between_the_last_and_the_largest() =>
        Gen.Select(Gen.Int[0, 3], Gen.Long[0, 50], Gen.Long[0, 2]).Array[0, 40].Sample(steps =>
        {
            var rules = CheckpointRules.ResumeAt(At(10));
            foreach (var (kind, number, sub) in steps)
            {
                var position = At(number, sub);
                var before = rules;
                if (kind == 0)
                {
                    rules = rules.BeforeDelivery(position, position);
                    rules = sub switch { 0 => rules, 1 => rules.AfterProcessing(), _ => rules.AfterFailure() };
                }
                else if (kind == 1 && number == 0)
                {
                    rules = rules.AfterLastRecord();
                }
                else if (rules.Resolve(kind == 2 ? null : position) is { } target)
                {
                    if (target < rules.Last || target > rules.Largest)
                    {
                        return false;
                    }

                    rules = rules.AfterCheckpoint(target);
                }

                if (rules.Last < before.Last || rules.Largest < before.Largest || rules.Last > rules.Largest)
                {
                    return false;
                }
            }

            return true;
        });

    private static ExtendedSequenceNumber At(long number, long sub = 0) => new(SequenceNumber.Parse($"{number}"), sub);
}
