using Kcl.Internal;
using Microsoft.Extensions.Logging;

namespace Kcl.Leasing;

/// <summary>What everything that works on leases in one worker shares.</summary>
internal sealed class LeasingServices(ILeaseStore store, LeaseTiming timing, TimeProvider time, Random random, ILogger logger)
{
    /// <summary>The store; no call of it lasts for ever.</summary>
    public ILeaseStore Store { get; } = new TimeoutLeaseStore(store, timing.CallLimit, time);

    public LeaseTiming Timing { get; } = timing;

    public TimeProvider Time { get; } = time;

    public Random Random { get; } = random;

    public ILogger Logger { get; } = logger;

    /// <summary>Whose renewals do not get through.</summary>
    public RenewalFailureTracker Trouble { get; } = new(timing, time, logger);

    /// <summary>Mistakes made on purpose; none outside of tests.</summary>
    public PlantedBugs Bugs { get; init; }

    public double NextDouble()
    {
        lock (Random)
        {
            return Random.NextDouble();
        }
    }

    public ulong NextSalt()
    {
        lock (Random)
        {
            return (ulong)Random.NextInt64();
        }
    }

    public void LogLoss(LeaseKey key, WorkerId self, LeaseLossReason reason, WorkerId? newOwner)
    {
        switch (reason)
        {
            case LeaseLossReason.Released:
                break;
            case LeaseLossReason.Taken:
                LeasingLog.LostToPeer(Logger, key, newOwner?.Value ?? "nobody");
                break;
            case LeaseLossReason.Deleted:
                LeasingLog.LostRow(Logger, key);
                break;
            case LeaseLossReason.NotRenewed:
                LeasingLog.LostForSilence(Logger, key, Timing.OwnDeadline);
                break;
            case LeaseLossReason.DuplicateWorkerId:
                LeasingLog.DuplicateWorkerId(Logger, key, self);
                break;
        }
    }
}
