using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Internal;

/// <summary>
/// A fake clock that knows the code that waits for it, so that a test can advance it exactly to the time for which other code waits.
/// </summary>
internal sealed class TestClock : FakeTimeProvider
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(20);

    // Threads of other tests may always be busy.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(25);

    private readonly Lock _gate = new();
    private readonly HashSet<Watched> _armed = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestClock()
        : base(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var watched = new Watched(this) { Period = period };
        watched.Note(dueTime); // first, because a timer that is due immediately fires while it is created
        watched.Attach(base.CreateTimer(
            inner =>
            {
                watched.Note(watched.Period);
                callback(inner);
            },
            state,
            dueTime,
            period));
        return watched;
    }

    /// <summary>
    /// Waits until other code waits for the clock, for at most <paramref name="atMost"/>, and advances it to the time when that is due.
    /// </summary>
    /// <returns>The time by which the clock was advanced.</returns>
    public async Task<TimeSpan> AdvanceToNextTimerAsync(TimeSpan? atMost = null)
    {
        var next = await NextDueAsync(atMost ?? TimeSpan.MaxValue).WaitAsync(WaitTimeout);
        return MoveTo(next);
    }

    /// <summary>Waits until other code waits for the clock, and advances it.</summary>
    public async Task AdvanceWhenArmedAsync(TimeSpan by)
    {
        await NextDueAsync(TimeSpan.MaxValue).WaitAsync(WaitTimeout);
        Advance(by);
    }

    /// <summary>
    /// Advances the clock from timer to timer until the task has completed. Timers due later than <paramref name="atMost"/> from now are
    /// ignored.
    /// </summary>
    public async Task<T> RunUntilAsync<T>(Task<T> task, TimeSpan? atMost = null)
    {
        await RunUntilAsync((Task)task, atMost);
        return await task;
    }

    /// <inheritdoc cref="RunUntilAsync{T}" />
    public async Task RunUntilAsync(Task task, TimeSpan? atMost = null)
    {
        using var timeout = new CancellationTokenSource(WaitTimeout);
        while (!task.IsCompleted)
        {
            var due = NextDueAsync(atMost ?? TimeSpan.MaxValue);
            await Task.WhenAny(task, due).WaitAsync(timeout.Token);

            await SettleAsync(task);

            // The timer may have been canceled in the meantime. Then there is another one.
            if (!task.IsCompleted && FindDue(atMost ?? TimeSpan.MaxValue) is { } next)
            {
                MoveTo(next);
            }
        }

        await task;
    }

    /// <summary>
    /// Lets code that was just resumed run before the clock advances, even if it has started and its thread is waiting for a processor.
    /// </summary>
    public static Task SettleAsync() => SettleAsync(new TaskCompletionSource().Task);

    private static async Task SettleAsync(Task task)
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        var began = System.GetTimestamp();
        for (var quiet = 0; quiet < 10 && !task.IsCompleted && System.GetElapsedTime(began) < LongestTurn;)
        {
            await Task.Yield();
            ThreadPool.GetAvailableThreads(out var idle, out _);
            quiet = ThreadPool.PendingWorkItemCount == 0 && most - idle <= 1 ? quiet + 1 : 0;
        }
    }

    private TimeSpan MoveTo(DateTimeOffset due)
    {
        // A timer that was created while the clock advanced fires a little after the recorded time.
        var by = due - GetUtcNow();
        by = by > TimeSpan.Zero ? by : TimeSpan.FromMilliseconds(1);
        Advance(by);
        return by;
    }

    private async Task<DateTimeOffset> NextDueAsync(TimeSpan atMost)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (FindDue(atMost) is { } found)
                {
                    return found;
                }

                changed = _changed.Task;
            }

            await changed;
        }
    }

    private DateTimeOffset? FindDue(TimeSpan atMost)
    {
        lock (_gate)
        {
            var now = GetUtcNow();
            return _armed.Where(t => atMost == TimeSpan.MaxValue || t.Due - now <= atMost).Select(t => (DateTimeOffset?)t.Due).Min();
        }
    }

    private sealed class Watched(TestClock owner) : ITimer
    {
        private ITimer? _inner;
        private bool _disposed;

        public DateTimeOffset Due { get; private set; }

        public TimeSpan Period { get; set; }

        public void Attach(ITimer inner)
        {
            lock (owner._gate)
            {
                _inner = inner;
                if (!_disposed)
                {
                    return;
                }
            }

            inner.Dispose(); // its callback has run before the field was set
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Period = period;
            Note(dueTime);
            return _inner?.Change(dueTime, period) ?? false;
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                _disposed = true;
            }

            Note(Timeout.InfiniteTimeSpan);
            _inner?.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        public void Note(TimeSpan dueTime)
        {
            TaskCompletionSource changed;
            lock (owner._gate)
            {
                owner._armed.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan && !_disposed)
                {
                    Due = owner.GetUtcNow() + dueTime;
                    owner._armed.Add(this);
                }

                changed = owner._changed;
                owner._changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            changed.TrySetResult();
        }
    }
}
