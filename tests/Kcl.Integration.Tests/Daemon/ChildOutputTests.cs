using System.Globalization;
using System.Runtime.Versioning;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>Tests output of children that is not a message, and messages at the wrong time.</summary>
[SupportedOSPlatform("linux")]
public sealed class ChildOutputTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_written_to_stderr_without_an_end_of_line_is_in_the_log_while_the_child_lives()
    {
        await using var child = await TestChild.StartAsync(false, "half-lines");
        await child.Processor.ProcessRecordsAsync(child.Batch(100, 20), Token);

        await child.Log.WaitForAsync("record 18;record 19;");
    }

    [Fact]
    public async Task A_child_that_floods_stderr_is_heard_and_what_was_left_out_is_counted()
    {
        await using var child = await TestChild.StartAsync(false, "flood-stderr");
        await child.Processor.ProcessRecordsAsync(child.Batch(100, 1), Token);
        await child.Log.WaitForAsync("on its stderr were not logged");
        await child.Processor.DisposeAsync();

        var lines = child.Log.All.Where(l => l.Contains("] line ", StringComparison.Ordinal)).ToList();
        var leftOut = child.Log.All.Where(l => l.Contains("on its stderr were not logged", StringComparison.Ordinal))
            .Sum(l => int.Parse(l.Split(' ')[2], CultureInfo.InvariantCulture));
        // If all output arrived within a second, one of the thousand lines is the first line of the child.
        Assert.Equal(
            Enumerable.Range(0, 999).Select(i => i.ToString("D5", CultureInfo.InvariantCulture)),
            lines.Take(999).Select(l => l["Information [shardId-000000000000] line ".Length..]));
        Assert.Equal(20_000, lines.Count + leftOut);
        Assert.Contains("Information [shardId-000000000000] stopped after 1 records", child.Log.All);
    }

    [Fact]
    public async Task What_a_child_answers_forges_no_line_of_the_log()
    {
        await using var child = await TestChild.StartAsync(false, "forged-status");
        var failure = await Assert.ThrowsAsync<ProcessorUnusableException>(
            async () => await child.Processor.ProcessRecordsAsync(child.Batch(100, 1), Token));

        Assert.Contains(
            "it answered 'leaseLost'\ufffd2026-01-01 00:00:00.000Z warn  Kcl.Leasing: everything is lost\ufffd[2J' to 'processRecords'",
            failure.Message,
            StringComparison.Ordinal);
    }

    /// <summary>The memory of the batch is reused for other shards when the call has ended.</summary>
    [Fact]
    public async Task A_batch_is_not_written_on_once_its_lease_is_lost_and_its_child_does_not_read()
    {
        await using var child = await TestChild.StartAsync(false, "deaf");
        var process = child.ProcessId;
        using var lost = new CancellationTokenSource();
        var records = Enumerable.Range(1, 20).Select(i => new KinesisRecord(new byte[1_000_000], "k", SequenceNumber.Parse($"{i}")));
        var processing = child.Processor.ProcessRecordsAsync(new([.. records], 0, child.Checkpointer), lost.Token);
        await lost.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await processing);
        Assert.False(RunningProcess.IsAlive(process));
    }

    /// <summary>
    /// With Java's daemon, the checkpoint would cover, and the status acknowledge, a batch that the child has not received yet.
    /// </summary>
    [Fact]
    public async Task What_a_child_sends_between_two_batches_is_not_about_the_next()
    {
        await using var child = await TestChild.StartAsync(false, "early");
        await child.Processor.ProcessRecordsAsync(child.Batch(100, 2), Token);
        await child.Log.WaitForAsync("that was early");
        await child.Processor.ProcessRecordsAsync(child.Batch(200, 2), Token);

        Assert.Equal(["101", "200"], child.Checkpointer.Stored);
    }
}
