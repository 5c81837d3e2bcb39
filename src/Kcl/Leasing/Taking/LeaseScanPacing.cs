using Kcl.Internal;

namespace Kcl.Leasing.Taking;

/// <summary>Decides when to read the lease table again. Pure functions.</summary>
/// <remarks>
/// A scan costs half a read unit per 4 KB. With the intervals of <see cref="LeaseTiming"/>, the scans of a fleet cost about a fifth of its
/// renewals, independently of the number of leases. In small fleets, each worker scans every second; in large ones, every five seconds. At
/// any time, some worker has scanned recently.
/// </remarks>
internal static class LeaseScanPacing
{
    /// <summary>Returns the delay until the next scan.</summary>
    /// <param name="plan">The decision of this round.</param>
    /// <param name="conflicts">The number of leases that another worker took first.</param>
    /// <param name="nextExpiry">The time until the first lease expires that its owner does not renew; null if all are renewed.</param>
    /// <param name="duration">How long the scan took.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public static TimeSpan GetDelay(LeaseAssignmentPlan plan, int conflicts, TimeSpan? nextExpiry, TimeSpan duration, double jitter)
    {
        var delay = plan.Waiting > 0 || conflicts > 0 ? LeaseTiming.TakingScanDelay
            : plan.LeasesToSteal.Count > 0 || plan.LeasesToTake.Count > 0 ? LeaseTiming.MinScanInterval
            : LeaseTiming.ScanInterval(plan.Workers);
        if (nextExpiry is { } expiry && expiry < delay)
        {
            delay = Durations.Clamp(expiry, LeaseTiming.MinScanDelay, delay);
        }

        // A table that is slow to read is read less often. The delay is limited, because a scan also takes long if the machine was frozen.
        var minDelay = Durations.Clamp(duration * 4, TimeSpan.Zero, LeaseTiming.MaxSlowTableDelay);
        return Durations.Max(delay, minDelay) * (1 - LeaseTiming.ScanJitter + (2 * LeaseTiming.ScanJitter * jitter));
    }
}
