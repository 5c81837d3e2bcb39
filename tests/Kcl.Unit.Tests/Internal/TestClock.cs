using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Internal;

/// <summary>
/// A fake clock that knows what waits for it, so that a test can move it exactly as far as something waits, and only then.
/// </summary>
internal sealed class TestClock : FakeTimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Threads of other tests may be busy all the time.
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
        watched.Note(dueTime); // first: what is due at once fires while it is created
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
    /// Waits until something waits for the clock, for no longer than <paramref name="atMost"/>, and moves it until that is due.
    /// </summary>
    /// <returns>How far the clock was moved.</returns>
    public async Task<TimeSpan> AdvanceToNextTimerAsync(TimeSpan? atMost = null)
    {
        var next = await NextDueAsync(atMost ?? TimeSpan.MaxValue).WaitAsync(Patience);
        return MoveTo(next);
    }

    /// <summary>Waits until something waits for the clock and moves it.</summary>
    public async Task AdvanceWhenArmedAsync(TimeSpan by)
    {
        await NextDueAsync(TimeSpan.MaxValue).WaitAsync(Patience);
        Advance(by);
    }

    /// <summary>
    /// Moves the clock from timer to timer until the task has completed. Timers due later than <paramref name="atMost"/> from now are left
    /// alone.
    /// </summary>
    public async Task<T> RunUntilAsync<T>(Task<T> task, TimeSpan? atMost = null)
    {
        await RunUntilAsync((Task)task, atMost);
        return await task;
    }

    /// <inheritdoc cref="RunUntilAsync{T}" />
    public async Task RunUntilAsync(Task task, TimeSpan? atMost = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!task.IsCompleted)
        {
            var due = NextDueAsync(atMost ?? TimeSpan.MaxValue);
            await Task.WhenAny(task, due).WaitAsync(patience.Token);

            await SettleAsync(task);

            // What was waited for may have been called off meanwhile; then there is something else to wait for.
            if (!task.IsCompleted && FindDue(atMost ?? TimeSpan.MaxValue) is { } next)
            {
                MoveTo(next);
            }
        }

        await task;
    }

    /// <summary>
    /// What was just woken gets its turn before the clock moves on: also where it has begun, and its thread waits for a processor.
    /// </summary>
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
        // A timer made while the clock moved fires a little after what was noted for it.
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

            inner.Dispose(); // its callback was faster than its creator
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
