namespace Kcl.Simulation;

/// <summary>
/// Time that passes only when nothing is left to do, and then at once. One driver moves it; everybody who waits does so through a <see
/// cref="VirtualClock"/>.
/// </summary>
internal sealed class VirtualTime
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<(VirtualTimer Timer, int Armed), (long Due, long Order)> _due = new();
    private long _now;
    private long _order;

    /// <summary>How long the simulation has run.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(Volatile.Read(ref _now));

    /// <summary>Whether a thread other than the simulation's has something to do just now. Time does not pass meanwhile.</summary>
    public Func<bool> IsElsewhereBusy { get; set; } = static () => false;

    /// <summary>How many timers fired.</summary>
    public long Fired { get; private set; }

    /// <summary>
    /// Lets everything that can go on go on, and moves the clock from one timer to the next, until an instant or until a condition holds.
    /// </summary>
    /// <param name="end">When to stop.</param>
    /// <param name="done">Looked at after each timer; null for never.</param>
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
                    continue; // changed or disposed since
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

    // With the pool down to the one thread that runs this, an empty queue means that everybody waits: that is what makes a seed replayable.
    private async Task SettleAsync()
    {
        do
        {
            await Task.Yield();
        }
        while (IsElsewhereBusy() || ThreadPool.PendingWorkItemCount > 0); // in this order: another thread queues work here last
    }
}

/// <summary>
/// One machine's clock: the common monotonic time, a wall clock that may be wrong, and timers that do not fire while the machine is frozen
/// or dead.
/// </summary>
internal sealed class VirtualClock(VirtualTime time) : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly List<(VirtualTimer Timer, int Armed)> _held = [];
    private TaskCompletionSource? _frozen;

    /// <summary>How wrong the wall clock is.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>Whether the machine is gone for good.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Whether nothing runs on the machine just now.</summary>
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

    /// <summary>Lets it go on: what came due meanwhile happens now.</summary>
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

    /// <summary>Completes when the machine runs; never if it is dead.</summary>
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

    /// <summary>Whether a timer may fire now; if not now, it is kept for later.</summary>
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

    /// <summary>Counts the changes: an older entry of the queue is void.</summary>
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
