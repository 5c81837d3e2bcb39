namespace Kcl.Integration.Tests;

/// <summary>
/// A clock that runs faster than the system's: intervals of minutes take seconds, in the same order and proportion.
/// </summary>
/// <param name="factor">The factor by which it is faster.</param>
internal sealed class ScaledClock(double factor) : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private readonly long _startTimestamp = System.GetTimestamp();

    /// <summary>Gets the factor by which it is faster than the system's clock.</summary>
    public double Factor => factor;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _start + (System.GetElapsedTime(_startTimestamp) * factor);

    public override long GetTimestamp() => (long)((System.GetTimestamp() - _startTimestamp) * factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(System.CreateTimer(callback, state, Real(dueTime), Real(period)), this);

    // Rounded up, because a timer must not fire early.
    private TimeSpan Real(TimeSpan scaled) =>
        scaled == Timeout.InfiniteTimeSpan || scaled == TimeSpan.Zero
            ? scaled
            : TimeSpan.FromMilliseconds(Math.Ceiling(scaled.TotalMilliseconds / factor));

    private sealed class Timer(ITimer real, ScaledClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => real.Change(clock.Real(dueTime), clock.Real(period));

        public void Dispose() => real.Dispose();

        public ValueTask DisposeAsync() => real.DisposeAsync();
    }
}
