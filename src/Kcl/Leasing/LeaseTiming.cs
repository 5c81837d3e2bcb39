using Kcl.Internal;

namespace Kcl.Leasing;

/// <summary>
/// The intervals of leasing. Most of them are derived from the failover time, so that they always fit one another.
/// <c>docs/coordination.md</c> lists them in a table.
/// </summary>
/// <param name="FailoverTime">How long the counter of a lease must stay unchanged before another worker may take the lease.</param>
internal sealed record LeaseTiming(TimeSpan FailoverTime)
{
    /// <summary>The maximum number of times that a write is sent before it fails.</summary>
    public const int MaxWriteAttempts = 3;

    /// <summary>
    /// The part of <see cref="RenewalInterval"/> by which a renewal may be early, so that leases that were taken together are not renewed
    /// together.
    /// </summary>
    public const double RenewalJitter = 0.05;

    /// <summary>The part of the delay until the next scan by which a scan may be early or late.</summary>
    public const double ScanJitter = 0.1;

    /// <summary>Gets the longest time between two successful writes of a lease while all calls succeed.</summary>
    public TimeSpan RenewalInterval { get; } = FailoverTime * 0.35;

    /// <summary>
    /// Gets how long an owner keeps a lease after its last successful write was sent. The rest of the failover time is for the last call of
    /// the processor, which is canceled.
    /// </summary>
    public TimeSpan RenewalDeadline { get; } = FailoverTime * 0.9;

    /// <summary>Gets how long a write may stay unanswered before it is sent again while the first is still pending.</summary>
    public TimeSpan HedgeDelay { get; } = FailoverTime / 6;

    /// <summary>
    /// Gets how long a call of the store may take. A renewal whose call takes this long still ends before <see cref="RenewalDeadline"/>.
    /// </summary>
    public TimeSpan CallTimeout { get; } = FailoverTime / 2;

    /// <summary>Gets the shortest delay after a failed write of a lease.</summary>
    public TimeSpan MinRenewalBackoff { get; } = FailoverTime / 100;

    /// <summary>Gets the longest delay after the first failed write of a lease. It doubles with each further failure.</summary>
    public TimeSpan RenewalBackoff { get; } = FailoverTime / 50;

    /// <summary>Gets the longest delay after a failed write of a lease.</summary>
    public TimeSpan MaxRenewalBackoff => RenewalInterval / 2;

    /// <summary>Gets how long the release of a lease may take before it is left to expire.</summary>
    public TimeSpan ReleaseTimeout { get; } = FailoverTime / 2;

    /// <summary>
    /// Gets how long the lease of another worker may stay unchanged before the next scan is scheduled for the time at which it expires.
    /// </summary>
    public TimeSpan SilenceThreshold => RenewalInterval * 1.5;

    /// <summary>
    /// Gets the shortest delay before another attempt to subscribe to a shard to which another worker is subscribed. In this time, a
    /// previous owner renews its lease and notices that it was lost.
    /// </summary>
    public TimeSpan SubscriptionInUseDelay { get; } = FailoverTime / 3;

    /// <summary>
    /// Gets how long after a lease was taken its shard may be read from the tip. With the time until the take, at most three seconds, this
    /// gives five seconds.
    /// </summary>
    public TimeSpan StartAtTipWindow { get; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets how long a worker does not take a lease again after its processor failed. It doubles with each further failure.
    /// </summary>
    public TimeSpan GiveUpPause => FailoverTime;

    /// <summary>Gets the longest time for which a worker does not take a lease again.</summary>
    public TimeSpan MaxGiveUpPause { get; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Gets the shortest delay between two scans of the lease table, used if a lease of another worker is about to expire.
    /// </summary>
    public static TimeSpan MinScanDelay { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets the delay until the next scan while there are more leases to take.</summary>
    public static TimeSpan TakingScanDelay { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Gets how much each worker of the fleet adds to the steady interval between scans.</summary>
    public static TimeSpan ScanIntervalPerWorker { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Gets the shortest steady interval between scans, which is also the delay after leases were taken.</summary>
    public static TimeSpan MinScanInterval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the longest steady interval between scans.</summary>
    public static TimeSpan MaxScanInterval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the longest delay between scans of a table that is slow to read.</summary>
    public static TimeSpan MaxSlowTableDelay => MaxScanInterval * 2;

    /// <summary>Returns the steady interval between scans.</summary>
    /// <param name="workers">The number of workers that own leases.</param>
    public static TimeSpan ScanInterval(int workers) => Durations.Clamp(ScanIntervalPerWorker * workers, MinScanInterval, MaxScanInterval);

    /// <summary>Returns how long a lease must be free before a worker that already has its share takes it.</summary>
    /// <param name="workers">The number of workers that own leases.</param>
    public static TimeSpan OverdueAfter(int workers) => ScanInterval(workers) * 2;

    /// <summary>Returns how long a worker does not take a lease again.</summary>
    /// <param name="times">The number of consecutive times that it gave up the lease; at least 1.</param>
    public TimeSpan GetGiveUpPause(int times) => Durations.Min(GiveUpPause * Math.Pow(2, Math.Min(times, 10) - 1), MaxGiveUpPause);
}
