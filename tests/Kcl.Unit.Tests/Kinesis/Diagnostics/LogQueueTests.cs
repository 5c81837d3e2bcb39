using System.Collections.Concurrent;
using Kcl.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Kinesis.Diagnostics;

public sealed class LogQueueTests : IDisposable
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);
    private static readonly LogQueueLimits Wide = new(100_000, 100_000_000);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly Sink _sink = new();

    // A failed test must not leave a thread that waits forever.
    public void Dispose() => _sink.Gate.Open();

    [Fact]
    public async Task Entries_are_written_in_the_order_in_which_they_were_added()
    {
        var queue = Queue(Wide);
        var expected = Enumerable.Range(0, 1000).Select(n => $"{n}").ToArray();
        foreach (var entry in expected)
        {
            queue.Add(entry, LogLevel.Information, 1);
        }

        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        Assert.Equal(expected, _sink.Written);
        Assert.False(queue.IsBusy);
    }

    [Fact]
    public async Task Adding_does_not_wait_for_a_write_that_blocks()
    {
        var queue = Queue(Wide);
        _sink.Gate.Close();
        for (var n = 0; n < 100; n++)
        {
            queue.Add($"{n}", LogLevel.Information, 1);
        }

        await _sink.Gate.Blocked;
        Assert.Empty(_sink.Written);
        Assert.True(queue.IsBusy);
        _sink.Gate.Open();
        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        Assert.Equal(100, _sink.Written.Count);
    }

    [Fact]
    public async Task Entries_that_do_not_fit_are_counted_by_level_and_reported_where_they_are_missing()
    {
        var queue = Queue(new(4, 1000));
        await BlockAsync(queue);
        Add(queue, LogLevel.Information, 5); // three fit
        Add(queue, LogLevel.Warning, 3); // one fits
        Add(queue, LogLevel.Error, 4);
        _time.Advance(TimeSpan.FromMinutes(1));
        _sink.Gate.Open();

        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        queue.Add("later", LogLevel.Information, 1);
        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        Assert.Equal(["first", "Information0", "Information1", "Information2", "lost", "Warning0", "later"], _sink.Written);
        var lost = Assert.Single(_sink.Lost);
        Assert.Equal((2, 2, 4, 8), (lost.Information, lost.Warnings, lost.Errors, lost.Count));
        Assert.Equal((DateTimeOffset.UnixEpoch, 0, null), (lost.Since, lost.Failed, lost.Failure));
        Assert.Equal("because the log did not accept entries fast enough", lost.Reason);
    }

    [Fact]
    public async Task An_entry_refused_before_it_is_created_is_counted_like_any_other()
    {
        var queue = Queue(new(4, 1000));
        await BlockAsync(queue);
        Add(queue, LogLevel.Warning, 3);
        Assert.True(queue.RejectIfFull(LogLevel.Information));
        Assert.False(queue.RejectIfFull(LogLevel.Error));
        _sink.Gate.Open();
        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        Assert.Equal(1, Assert.Single(_sink.Lost).Information);
    }

    [Theory]
    [InlineData(LogLevel.Information, 0, 0, 5000, true)] // an empty queue accepts every entry
    [InlineData(LogLevel.Information, 5, 100, 10, true)]
    [InlineData(LogLevel.Information, 6, 100, 10, false)]
    [InlineData(LogLevel.Information, 1, 740, 11, false)]
    [InlineData(LogLevel.Warning, 7, 100, 10, true)]
    [InlineData(LogLevel.Critical, 8, 100, 10, false)]
    [InlineData(LogLevel.Error, 1, 990, 10, true)]
    [InlineData(LogLevel.Error, 1, 990, 11, false)]
    public void Information_leaves_room_for_warnings_and_errors(LogLevel level, int entries, long bytes, int size, bool admitted) =>
        Assert.Equal(admitted, new LogQueueLimits(8, 1000).Admit(level, entries, bytes, size));

    [Fact]
    public async Task A_failed_write_costs_its_entry_and_is_reported_after_the_next_success()
    {
        var queue = Queue(Wide);
        _sink.Fails = static entry => entry is "b" or "c";
        foreach (var entry in "abcd".Select(c => $"{c}"))
        {
            queue.Add(entry, entry == "c" ? LogLevel.Error : LogLevel.Debug, 1);
        }

        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        Assert.Equal(["a", "d", "lost"], _sink.Written);
        var lost = Assert.Single(_sink.Lost);
        Assert.Equal((1, 0, 1, 2, "IOException: disk full"), (lost.Information, lost.Warnings, lost.Errors, lost.Failed, lost.Failure));
        Assert.Equal("because writing failed (IOException: disk full)", lost.Reason);
    }

    [Fact]
    public async Task A_log_that_fails_always_neither_ends_the_writing_nor_holds_up_a_flush()
    {
        var queue = Queue(Wide);
        _sink.Fails = static _ => true;
        Add(queue, LogLevel.Information, 1000);
        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        Assert.Empty(_sink.Written);
        Assert.Equal(1000, _sink.Attempts);

        _sink.Fails = static _ => false;
        queue.Add("well again", LogLevel.Information, 1);
        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        Assert.Equal(["well again", "lost"], _sink.Written);
        Assert.Equal(1000, Assert.Single(_sink.Lost).Failed);
    }

    [Fact]
    public async Task A_log_that_pauses_after_a_failure_writes_the_count_of_lost_entries_without_a_new_entry()
    {
        var queue = Queue(Wide, pause: TimeSpan.FromMilliseconds(1));
        var attempts = 0;
        _sink.Fails = _ => Interlocked.Increment(ref attempts) < 5;
        queue.Add("only", LogLevel.Warning, 1);

        // No other entry is added: the first attempt wrote the entry, the later ones the count.
        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        Assert.Equal(["lost"], _sink.Written);
        Assert.Equal((1, 1), (Assert.Single(_sink.Lost).Warnings, _sink.Lost[0].Failed));
    }

    [Fact]
    public async Task A_count_that_could_not_be_written_is_added_to_the_next()
    {
        var queue = Queue(new(4, 1000));
        _sink.Fails = static entry => entry == "lost";
        await BlockAsync(queue);
        Add(queue, LogLevel.Information, 5);
        _sink.Gate.Open();
        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        Assert.Empty(_sink.Lost);

        _sink.Fails = static entry => entry == "bad";
        queue.Add("bad", LogLevel.Error, 1);
        queue.Add("good", LogLevel.Information, 1);
        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        var lost = Assert.Single(_sink.Lost);
        Assert.Equal((2, 1, 1), (lost.Information, lost.Errors, lost.Failed));
        Assert.Equal(
            "2 because the log did not accept entries fast enough, 1 because writing failed (IOException: disk full)",
            lost.Reason);
    }

    [Fact]
    public async Task A_flush_ends_at_its_limit_and_does_not_wait_again_while_nothing_is_written()
    {
        var queue = Queue(Wide);
        await BlockAsync(queue);
        var flush = queue.FlushAsync(TimeSpan.FromSeconds(1), _time).AsTask();
        Assert.False(flush.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await flush.WaitAsync(Enough, TestContext.Current.CancellationToken));

        var again = queue.FlushAsync(TimeSpan.FromSeconds(1), _time);
        Assert.True(again.IsCompleted);
        Assert.False(await again);
        Assert.False(queue.Flush(Enough));

        _sink.Gate.Open();
        queue.Add("second", LogLevel.Information, 1);
        Assert.True(SpinWait.SpinUntil(() => queue.Flush(Enough), Enough));
        Assert.Equal(["first", "second"], _sink.Written);
    }

    [Fact]
    public void A_flush_of_an_unused_queue_returns_immediately() => Assert.True(Queue(Wide).Flush(TimeSpan.Zero));

    [Fact]
    public async Task A_thread_that_ended_because_nothing_was_logged_is_replaced_by_the_next_entry()
    {
        // The thread ends each time the queue is empty.
        var queue = new LogQueue<string>("test", _sink, Wide, _time, TimeSpan.Zero, idleBeforeEnd: TimeSpan.Zero);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(producer => Task.Run(() =>
        {
            for (var n = 0; n < 2000; n++)
            {
                queue.Add($"{producer}:{n}", LogLevel.Information, 1);
            }
        })));
        Assert.True(await queue.FlushAsync(Enough, TimeProvider.System));
        Assert.Equal(8000, _sink.Written.Count);
        foreach (var producer in _sink.Written.Select(entry => entry.Split(':'))
            .GroupBy(parts => parts[0], parts => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)))
        {
            Assert.Equal(Enumerable.Range(0, 2000), producer);
        }
    }

    private LogQueue<string> Queue(LogQueueLimits limits, TimeSpan pause = default) => new("test", _sink, limits, _time, pause);

    /// <summary>Waits until the writer is blocked in a write.</summary>
    private async Task BlockAsync(LogQueue<string> queue)
    {
        _sink.Gate.Close();
        queue.Add("first", LogLevel.Information, 1);
        await _sink.Gate.Blocked;
    }

    private static void Add(LogQueue<string> queue, LogLevel level, int count)
    {
        for (var n = 0; n < count; n++)
        {
            queue.Add($"{level}{n}", level, 1);
        }
    }

    private sealed class Sink : ILogSink<string>
    {
        private readonly ConcurrentQueue<string> _written = new();
        private readonly ConcurrentQueue<LostLogEntries> _lost = new();

        public Func<string, bool> Fails { get; set; } = static _ => false;

        public int Attempts { get; private set; }

        public IReadOnlyList<string> Written => [.. _written];

        public IReadOnlyList<LostLogEntries> Lost => [.. _lost];

        public Gate Gate { get; } = new();

        public void Write(string entry)
        {
            Gate.Pass();
            Attempts++;
            if (Fails(entry))
            {
                throw new IOException("disk full");
            }

            _written.Enqueue(entry);
        }

        public void WriteLost(LostLogEntries lost)
        {
            Write("lost");
            _lost.Enqueue(lost);
        }
    }
}
