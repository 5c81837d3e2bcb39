namespace Kcl.Unit.Tests.LocalKinesis;

/// <summary>The two clocks of a machine: one that can be set, and a monotonic one.</summary>
internal sealed class SettableClock(long wall) : TimeProvider
{
    private long _wall = wall;
    private long _monotonic;

    public override long TimestampFrequency => 1000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(_wall);

    public override long GetTimestamp() => _monotonic;

    /// <summary>Lets time pass.</summary>
    public void Advance(long milliseconds)
    {
        _wall += milliseconds;
        _monotonic += milliseconds;
    }

    /// <summary>Sets the clock to an earlier or later time, without advancing the monotonic one.</summary>
    public void Set(long wall) => _wall = wall;
}
