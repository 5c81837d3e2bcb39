using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Kcl.Daemon.Children.Command;
using Kcl.Daemon.Children.Launching;
using Kcl.Daemon.Children.Relay;
using Kcl.Daemon.Status;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>Tests real children in Python that violate the protocol or fail in all possible ways.</summary>
[SupportedOSPlatform("linux")]
public sealed class ChildProcessorTests : IAsyncDisposable
{
    private static readonly ShardId Shard = new("shardId-000000000000");
    private readonly LogLines _log = new();
    private readonly ChildActivity _activity = new();
    private readonly RecordingCheckpointer _checkpointer = new();
    private ChildProcessor? _processor;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_whole_life()
    {
        var processor = await StartAsync();
        await _log.WaitForAsync("[shardId-000000000000] hello from shardId-000000000000 at TRIM_HORIZON");
        await processor.ProcessRecordsAsync(Batch(3), Token);
        await processor.ShutdownRequestedAsync(new(_checkpointer), Token);
        await processor.LeaseLostAsync(new(), Token);
        await processor.DisposeAsync();

        Assert.Equal(["everything"], _checkpointer.Stored);
        Assert.Equal(3, _activity.Status.Answered);
        Assert.Null(_activity.Status.ProcessId);
        Assert.Contains("Information [shardId-000000000000] stopped after 3 records", _log.All);
    }

    [Fact]
    public async Task Checkpoints_of_every_form_are_answered_as_Java_answers_them()
    {
        var refusing = new RecordingCheckpointer { Refuse = p => p == "1"
            ? new InvalidCheckpointException("below the last checkpoint")
            : null };
        var processor = await StartAsync("checkpoints", "checkpoint-anywhere");
        await processor.ProcessRecordsAsync(new(Records(2), 0, refusing), Token);
        await processor.LeaseLostAsync(new(), Token);
        await processor.DisposeAsync();

        Assert.Equal(["everything", "100"], refusing.Stored);
        Assert.Equal(
            [
                "None None: InvalidStateException",
                "None None: None",
                "100 None: None",
                "1 0: IllegalArgumentException",
                "not a number None: IllegalArgumentException",
                "TRIM_HORIZON None: IllegalArgumentException",
                "101 -1: IllegalArgumentException",
                "None None: InvalidStateException",
            ],
            _log.All.Where(l => l.Contains("] checkpoint ", StringComparison.Ordinal)).Select(l => l.Split("] checkpoint ")[1]));
    }

    [Theory]
    [InlineData("die-in-batch", "it ended with signal 9 during 'processRecords'")]
    [InlineData("exit-in-batch", "it ended with exit code 3 during 'processRecords'")]
    [InlineData("wrong-status", "it answered 'shardEnded' to 'processRecords'")]
    public async Task A_child_that_cannot_continue_says_so_at_once(string behavior, string reason)
    {
        var processor = await StartAsync(behavior);
        var failure =
            await Assert.ThrowsAsync<ProcessorUnusableException>(async () => await processor.ProcessRecordsAsync(Batch(5000), Token));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_that_hangs_is_ended_after_its_timeout_whatever_it_ignores()
    {
        var processor = await StartAsync(
            ["hang-in-batch", "ignore-term", "grandchild"],
            o => o with { MessageTimeout = TimeSpan.FromSeconds(1), KillTimeout = TimeSpan.FromSeconds(1) });
        var group = _activity.Status.ProcessId!.Value;
        var started = Stopwatch.GetTimestamp();
        var failure =
            await Assert.ThrowsAsync<ProcessorUnusableException>(async () => await processor.ProcessRecordsAsync(Batch(1), Token));

        Assert.Contains("it sent no message for 1 s during 'processRecords' (timeoutInSeconds)", failure.Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(20));
        await AssertGroupIsGoneAsync(group);
    }

    [Fact]
    public async Task A_child_that_does_not_start_in_time_is_ended()
    {
        var failure = await Assert.ThrowsAsync<ProcessorUnusableException>(async () => await StartAsync(
            ["never-start"],
            o => o with { StartupTimeout = TimeSpan.FromSeconds(1) }));

        Assert.Contains("childStartupTimeoutInSeconds", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_named()
    {
        var options = new ChildOptions { Command = new("no-such-program-anywhere", []) };
        await using var processor = new ChildProcessor(Shard, options, new PosixChildLauncher(_log), _activity, _log, TimeProvider.System);
        var failure =
            await Assert.ThrowsAsync<ProcessorUnusableException>(async () => await processor.InitializeAsync(new(Shard, default), Token));

        Assert.Contains("'no-such-program-anywhere' was not found in the directories of PATH", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_on_stdout_is_logged_and_never_fatal()
    {
        var processor = await StartAsync("garbage");
        await processor.ProcessRecordsAsync(Batch(1), Token);

        Assert.Contains(_log.All, l => l.Contains("printed on stdout, which is for the protocol: no message", StringComparison.Ordinal));
        Assert.All(_log.All, l => Assert.True(l.Length < 2000));
    }

    [Fact]
    public async Task A_flood_of_messages_ends_the_child_and_only_it()
    {
        var failure = await Assert.ThrowsAsync<ProcessorUnusableException>(async () =>
        {
            var processor = await StartAsync("flood");
            await UnusableAsync(processor);
            await processor.ProcessRecordsAsync(Batch(1), Token);
        });

        Assert.Contains("messages without waiting for replies", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_nobody_waits_for_is_dropped()
    {
        var processor = await StartAsync("twice");
        for (var i = 0; i < 5; i++)
        {
            await processor.ProcessRecordsAsync(Batch(1), Token);
            await _log.WaitForAsync("hello");
        }

        await processor.LeaseLostAsync(new(), Token);
    }

    [Fact]
    public async Task A_checkpoint_between_calls_is_answered_in_the_next()
    {
        var processor = await StartAsync("checkpoint-when-idle");
        await processor.ShutdownRequestedAsync(new(_checkpointer), Token);

        Assert.NotEmpty(_checkpointer.Stored);
    }

    [Fact]
    public async Task The_death_of_an_idle_child_is_noticed_at_once()
    {
        var processor = await StartAsync("die-when-idle");
        await UnusableAsync(processor);

        var failure =
            await Assert.ThrowsAsync<ProcessorUnusableException>(async () => await processor.ProcessRecordsAsync(Batch(1), Token));
        Assert.Contains("exit code 4", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shard_s_end_without_its_checkpoint_is_asked_for_again()
    {
        var processor = await StartAsync("forget-the-end");
        for (var i = 0; i < 2; i++)
        {
            var failure =
                await Assert.ThrowsAsync<InvalidStateException>(async () => await processor.ShardEndedAsync(new(_checkpointer), Token));
            Assert.Contains("without a checkpoint at the end", failure.Message, StringComparison.Ordinal);
        }

        await processor.ShardEndedAsync(new(_checkpointer), Token);
        Assert.Equal(["everything"], _checkpointer.Stored);
        Assert.Equal(ChildState.ShardEnded, _activity.Status.State);
    }

    [Fact]
    public async Task A_lost_lease_does_not_wait_for_ever_for_a_busy_child()
    {
        var processor = await StartAsync(["hang-in-batch"], o => o with { AbandonTimeout = TimeSpan.FromMilliseconds(200) });
        using var lost = new CancellationTokenSource();
        var processing = processor.ProcessRecordsAsync(Batch(1), lost.Token).AsTask();
        var group = _activity.Status.ProcessId!.Value;
        await lost.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => processing);
        await processor.LeaseLostAsync(new(), Token);
        await processor.DisposeAsync();
        await AssertGroupIsGoneAsync(group);
    }

    [Fact]
    public async Task A_lost_lease_lets_a_child_finish_that_is_about_to()
    {
        var processor = await StartAsync(["slow-batch"], o => o with { AbandonTimeout = TimeSpan.FromSeconds(30) });
        using var lost = new CancellationTokenSource();
        var processing = processor.ProcessRecordsAsync(Batch(1), lost.Token).AsTask();
        await lost.CancelAsync();

        await processing;
        await processor.LeaseLostAsync(new(), Token);
    }

    [Fact]
    public async Task A_child_that_stays_and_a_grandchild_with_its_pipes_are_ended()
    {
        var processor = await StartAsync(
            ["stay", "ignore-term", "grandchild"],
            o => o with { ExitTimeout = TimeSpan.FromMilliseconds(200), KillTimeout = TimeSpan.FromMilliseconds(200) });
        var group = _activity.Status.ProcessId!.Value;
        await processor.LeaseLostAsync(new(), Token);
        await processor.DisposeAsync();

        Assert.Contains(_log.All, l => l.Contains("KILL is sent to its process group", StringComparison.Ordinal));
        await AssertGroupIsGoneAsync(group);
    }

    [Fact]
    public async Task A_large_batch_reaches_a_child_that_reads_in_small_pieces()
    {
        var processor = await StartAsync();
        var records = Enumerable.Range(0, 20)
            .Select(i => new KinesisRecord(new byte[1_000_000], $"k{i}", SequenceNumber.Parse($"{i + 1}")))
            .ToArray();
        await processor.ProcessRecordsAsync(new(records, 0, _checkpointer), Token);
        await processor.DisposeAsync();

        Assert.Contains("Information [shardId-000000000000] stopped after 20 records", _log.All);
    }

    [Fact]
    public async Task A_child_has_a_session_of_its_own_default_signals_and_three_descriptors()
    {
        var processor = await StartAsync();
        var stat = (await File.ReadAllTextAsync($"/proc/{_activity.Status.ProcessId}/stat", Token)).Split(") ")[1].Split(' ');
        var status = await File.ReadAllLinesAsync($"/proc/{_activity.Status.ProcessId}/status", Token);

        Assert.Equal(_activity.Status.ProcessId!.Value.ToString(CultureInfo.InvariantCulture), stat[3]); // the session
        Assert.Equal(
            "0",
            status.Single(l => l.StartsWith("SigBlk:", StringComparison.Ordinal)).Split('\t')[1].TrimStart('0').PadLeft(1, '0'));
        // Python itself ignores SIGPIPE (13) and SIGXFSZ (25); 32 and 33 belong to the C library. None of .NET's is inherited.
        Assert.Equal(
            1UL << 12 | 1UL << 24,
            Convert.ToUInt64(status.Single(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)).Split('\t')[1], 16) & 0x7fffffff);
        // Only the three standard descriptors, and those that the test runner itself inherited.
        var its = Directory.GetFiles($"/proc/{_activity.Status.ProcessId}/fd")
            .Where(f => int.Parse(Path.GetFileName(f), CultureInfo.InvariantCulture) > 2)
            .Select(f => new FileInfo(f).LinkTarget!)
            .ToList();
        Assert.True(its.TrueForAll(t => !t.StartsWith("socket:", StringComparison.Ordinal)), string.Join(", ", its));
        await processor.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_processor is not null)
        {
            await _processor.DisposeAsync();
        }
    }

    private static async Task UnusableAsync(ChildProcessor processor)
    {
        var gone = new TaskCompletionSource();
        await using var registration = processor.Unusable.Register(gone.SetResult);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
    }

    private static KinesisRecord[] Records(int count) =>
        [.. Enumerable.Range(0, count)
            .Select(i => new KinesisRecord(new byte[100], $"key-{i}", SequenceNumber.Parse($"{100 + i}"), 0, DateTimeOffset.UnixEpoch))];

    private ProcessRecordsInput Batch(int count) => new(Records(count), 0, _checkpointer);

    private Task<ChildProcessor> StartAsync(params string[] behaviors) => StartAsync(behaviors, o => o);

    private async Task<ChildProcessor> StartAsync(string[] behaviors, Func<ChildOptions, ChildOptions> with)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Daemon", "child.py");
        var options = with(new ChildOptions { Command = new("python3", [script, .. behaviors]) });
        _processor = new(Shard, options, new PosixChildLauncher(_log), _activity, _log, TimeProvider.System);
        await _processor.InitializeAsync(new(Shard, ExtendedSequenceNumber.TrimHorizon), Token);
        return _processor;
    }

    private static async Task AssertGroupIsGoneAsync(int group)
    {
        // A killed process disappears when its parent (init, for a grandchild) has reaped it.
        for (var i = 0; Libc.SendSignal(-group, 0) == 0 && Alive(group); i++)
        {
            Assert.True(i < 100, $"group {group} is still there");
            await Task.Delay(50, Token);
        }
    }

    private static bool Alive(int group) =>
        Directory.GetDirectories("/proc")
            .Any(d => int.TryParse(Path.GetFileName(d), out _)
                && Stat(d) is [var state, _, var g, ..]
                && g == group.ToString(CultureInfo.InvariantCulture)
                && state != "Z");

    private static string[]? Stat(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "stat")).Split(") ")[1].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
