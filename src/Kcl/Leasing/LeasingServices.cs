using Kcl.Internal;
using Kcl.Leasing.Holding;
using Microsoft.Extensions.Logging;

namespace Kcl.Leasing;

/// <summary>The services that the leases of one worker share.</summary>
internal sealed record LeasingServices
{
    /// <summary>Initializes the services.</summary>
    /// <param name="store">The lease store. Its calls are limited to <see cref="LeaseTiming.CallTimeout"/>.</param>
    /// <param name="timing">The intervals of leasing.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">The source of randomness; may be shared with others.</param>
    /// <param name="logger">The log of the worker.</param>
    public LeasingServices(ILeaseStore store, LeaseTiming timing, TimeProvider time, Random random, ILogger logger)
    {
        Store = new TimeoutLeaseStore(store, timing.CallTimeout, time);
        Timing = timing;
        Time = time;
        Chance = new(random);
        Logger = logger;
        WriteFailures = new(timing, time, logger);
    }

    /// <summary>Gets the store. Every read and write ends within <see cref="LeaseTiming.CallTimeout"/>.</summary>
    public ILeaseStore Store { get; }

    /// <summary>Gets the intervals of leasing.</summary>
    public LeaseTiming Timing { get; }

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Gets the source of randomness.</summary>
    public Chance Chance { get; }

    /// <summary>Gets the log.</summary>
    public ILogger Logger { get; }

    /// <summary>Gets the tracker of failed writes of held leases.</summary>
    public LeaseWriteFailureTracker WriteFailures { get; }

    /// <summary>Gets the parts that write held leases.</summary>
    public LeaseWriting Writing { get; init; } = new();
}
