namespace Kcl.Daemon.Children;

/// <summary>Lets a child print so much garbage and no more, and counts the rest.</summary>
internal sealed class NoiseGate(TimeProvider time)
{
    public const int LinesPerPeriod = 100;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private long _periodStart = time.GetTimestamp();
    private int _inPeriod;

    /// <summary>Asks for one line.</summary>
    /// <param name="suppressed">How many were refused in the period before, to be reported once.</param>
    /// <returns>Whether it may be logged.</returns>
    public bool Pass(out int suppressed)
    {
        suppressed = 0;
        if (time.GetElapsedTime(_periodStart) >= Period)
        {
            suppressed = Math.Max(0, _inPeriod - LinesPerPeriod);
            (_periodStart, _inPeriod) = (time.GetTimestamp(), 0);
        }

        return ++_inPeriod <= LinesPerPeriod;
    }
}
