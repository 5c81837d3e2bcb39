namespace Kcl.Simulation.Tests.Mistakes;

/// <summary>A clock whose timestamps jump with the wall clock.</summary>
internal sealed class WallClock(TimeProvider time) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => time.GetUtcNow().Ticks;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
