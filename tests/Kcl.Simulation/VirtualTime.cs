namespace Kcl.Simulation;

/// <summary>
/// A time that advances only when no work is left to do, and then immediately. One driver advances it; all code waits through a <see
/// cref="VirtualClock"/>.
/// </summary>
internal sealed class VirtualTime
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<(VirtualTimer Timer, int Armed), (long Due, long Order)> _due = new();
    private long _now;
    private long _order;

    /// <summary>Gets the time since the start of the simulation.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(Volatile.Read(ref _now));

    /// <summary>Gets or sets the function that returns whether another thread is working. Time does not advance while it is.</summary>
    public Func<bool> IsOtherThreadBusy { get; set; } = static () => false;

    /// <summary>Gets the number of timers that fired.</summary>
    public long Fired { get; private set; }

    /// <summary>
    /// Runs all work that is ready, and advances the clock from one timer to the next, until a given time or until a condition holds.
    /// </summary>
    /// <param name="end">The time at which to stop.</param>
    /// <param name="done">The condition, which is checked after each timer; null for none.</param>
    public async Task RunUntilAsync(TimeSpan end, Func<bool>? done = null)
    {
        while (true)
        {
            await SettleAsync().ConfigureAwait(false);
            if (done?.Invoke() == true)
            {
                return;
            }

            VirtualTimer timer;
            lock (_gate)
            {
                if (!_due.TryPeek(out var next, out var at) || at.Due > end.Ticks)
                {
                    Volatile.Write(ref _now, Math.Max(_now, end.Ticks));
                    return;
                }

                _due.Dequeue();
                if (next.Armed != next.Timer.Armed)
                {
                    continue; // was changed or disposed in the meantime
                }

                timer = next.Timer;
                Volatile.Write(ref _now, Math.Max(_now, at.Due));
            }

            Fired++;
            timer.Fire();
        }
    }

    public void Arm(VirtualTimer timer, int armed, TimeSpan after)
    {
        lock (_gate)
        {
            _due.Enqueue((timer, armed), (_now + Math.Max(0, after.Ticks), _order++));
        }
    }

    // This code runs on the only thread of the pool. So if the queue is empty, all other code is waiting, and a seed can be replayed.
    private async Task SettleAsync()
    {
        do
        {
            await Task.Yield();
        }
        while (IsOtherThreadBusy() || ThreadPool.PendingWorkItemCount > 0); // in this order: another thread queues work here last
    }
}

/// <summary>
/// The clock of one machine: the common monotonic time, a wall clock that may be wrong, and timers that do not fire while the machine is
/// frozen or dead.
/// </summary>
internal sealed class VirtualClock(VirtualTime time) : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly List<(VirtualTimer Timer, int Armed)> _held = [];
    private TaskCompletionSource? _frozen;

    /// <summary>Gets or sets the error of the wall clock.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>Gets a value indicating whether the machine has crashed. It does not run again.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Gets a value indicating whether the machine is frozen.</summary>
    public bool IsFrozen => _frozen is not null;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => time.Now.Ticks;

    public override DateTimeOffset GetUtcNow() => Epoch + time.Now + Skew;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(time, this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Stops the machine. Nothing that it waits for is ever answered.</summary>
    public void Kill() => IsDead = true;

    /// <summary>Freezes the machine.</summary>
    public void Freeze() => _frozen ??= new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the machine continue. Timers that were due in the meantime fire now.</summary>
    public void Thaw()
    {
        var frozen = _frozen;
        _frozen = null;
        foreach (var (timer, armed) in _held)
        {
            time.Arm(timer, armed, TimeSpan.Zero);
        }

        _held.Clear();
        frozen?.TrySetResult();
    }

    /// <summary>Returns a task that completes when the machine runs; never if it has crashed.</summary>
    public async ValueTask RunningAsync()
    {
        while (_frozen is { } frozen)
        {
            await frozen.Task.ConfigureAwait(false);
        }

        if (IsDead)
        {
            await new TaskCompletionSource().Task.ConfigureAwait(false);
        }
    }

    /// <summary>Returns whether a timer may fire now. If not, it is kept for later.</summary>
    public bool Admits(VirtualTimer timer)
    {
        if (!IsDead && _frozen is not null)
        {
            _held.Add((timer, timer.Armed));
        }

        return !IsDead && _frozen is null;
    }
}

/// <summary>A timer of a <see cref="VirtualClock"/>.</summary>
internal sealed class VirtualTimer(VirtualTime time, VirtualClock clock, TimerCallback callback, object? state) : ITimer
{
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private bool _disposed;

    /// <summary>Gets the number of changes. Entries of the queue with a lower number are obsolete.</summary>
    public int Armed { get; private set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (_disposed)
        {
            return false;
        }

        Armed++;
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            time.Arm(this, Armed, dueTime);
        }

        return true;
    }

    public void Fire()
    {
        if (_disposed || !clock.Admits(this))
        {
            return;
        }

        if (_period > TimeSpan.Zero)
        {
            time.Arm(this, Armed, _period);
        }

        callback(state);
    }

    public void Dispose()
    {
        Armed++;
        _disposed = true;
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
