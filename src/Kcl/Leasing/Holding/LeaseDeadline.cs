using Kcl.Internal;

namespace Kcl.Leasing.Holding;

/// <summary>Watches the time since the last confirmed write of a held lease.</summary>
internal sealed class LeaseDeadline : IAsyncDisposable
{
    private readonly LeasingServices _services;
    private readonly Action _passed;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private long _lastConfirmedWriteAt;

    /// <summary>Initializes the deadline and starts its timer.</summary>
    /// <param name="services">The clock and the intervals of leasing.</param>
    /// <param name="acquiredAt">The clock's timestamp when the write that acquired the lease was sent.</param>
    /// <param name="passed">Called when <see cref="LeaseTiming.RenewalDeadline"/> has passed since the last confirmed write.</param>
    public LeaseDeadline(LeasingServices services, long acquiredAt, Action passed)
    {
        _services = services;
        _passed = passed;
        _lastConfirmedWriteAt = acquiredAt;
        _timer = services.Time.CreateTimer(
            static state => ((LeaseDeadline)state!).OnTimer(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _timer.Change(Left, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets the time since the last confirmed write was sent.</summary>
    public TimeSpan SinceLastConfirmedWrite => _services.Time.GetElapsedTime(Volatile.Read(ref _lastConfirmedWriteAt));

    /// <summary>Gets the time until the deadline; zero if it has passed, even if the timer is late.</summary>
    public TimeSpan Left => Durations.Max(_services.Timing.RenewalDeadline - SinceLastConfirmedWrite, TimeSpan.Zero);

    /// <summary>Moves the deadline after a confirmed write.</summary>
    /// <param name="sentAt">The clock's timestamp when the write was sent.</param>
    public void Confirm(long sentAt)
    {
        lock (_gate)
        {
            Volatile.Write(ref _lastConfirmedWriteAt, sentAt);
            _timer.Change(Left, Timeout.InfiniteTimeSpan);
        }
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void OnTimer()
    {
        lock (_gate)
        {
            // The timer may have fired while a write was confirmed.
            if (Left is var left && left > TimeSpan.Zero)
            {
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        _passed();
    }
}
