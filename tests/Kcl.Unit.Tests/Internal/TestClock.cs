using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Internal;

/// <summary>A fake clock that knows what waits for it, so that a test can move it exactly as far as something waits, and only then.</summary>
internal sealed class TestClock : FakeTimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

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
        watched.Inner = base.CreateTimer(
            inner =>
            {
                watched.Note(watched.Period);
                callback(inner);
            },
            state,
            dueTime,
            period);
        watched.Note(dueTime);
        return watched;
    }

    /// <summary>Waits until something waits for the clock, for no longer than <paramref name="atMost"/>, and moves it until that is due.</summary>
    /// <returns>How far the clock was moved.</returns>
    public async Task<TimeSpan> AdvanceToNextTimerAsync(TimeSpan? atMost = null)
    {
        var next = await NextDueAsync(atMost ?? TimeSpan.MaxValue).WaitAsync(Patience);
        var by = next - GetUtcNow();
        if (by > TimeSpan.Zero)
        {
            Advance(by);
        }

        return by;
    }

    /// <summary>Waits until something waits for the clock and moves it.</summary>
    public async Task AdvanceWhenArmedAsync(TimeSpan by)
    {
        await NextDueAsync(TimeSpan.MaxValue).WaitAsync(Patience);
        Advance(by);
    }

    /// <summary>Moves the clock from timer to timer until the task has completed. Timers due later than <paramref name="atMost"/> from now are left alone.</summary>
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

            // What was just woken gets its turn before the clock moves on.
            for (var i = 0; i < 20 && !task.IsCompleted; i++)
            {
                await Task.Yield();
            }

            // What was waited for may have been called off meanwhile; then there is something else to wait for.
            if (!task.IsCompleted && FindDue(atMost ?? TimeSpan.MaxValue) is { } next && next > GetUtcNow())
            {
                Advance(next - GetUtcNow());
            }
        }

        await task;
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
        public ITimer? Inner { get; set; }

        public DateTimeOffset Due { get; private set; }

        public TimeSpan Period { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Period = period;
            Note(dueTime);
            return Inner!.Change(dueTime, period);
        }

        public void Dispose()
        {
            Note(Timeout.InfiniteTimeSpan);
            Inner!.Dispose();
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
                if (dueTime != Timeout.InfiniteTimeSpan)
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
