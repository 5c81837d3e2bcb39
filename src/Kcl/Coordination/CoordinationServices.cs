using Kcl.Internal;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl.Coordination;

/// <summary>The services that the parts of the coordination share.</summary>
/// <param name="leasing">The services of leasing.</param>
/// <param name="logger">The logger of the coordination.</param>
internal sealed class CoordinationServices(LeasingServices leasing, ILogger logger)
{
    /// <summary>Gets the services of leasing.</summary>
    public LeasingServices Leasing { get; } = leasing;

    /// <summary>Gets the lease store. Its calls have a time limit.</summary>
    public ILeaseStore Store => Leasing.Store;

    /// <summary>Gets the intervals of leasing.</summary>
    public LeaseTiming Timing => Leasing.Timing;

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time => Leasing.Time;

    /// <summary>Gets the source of random choices.</summary>
    public Chance Chance => Leasing.Chance;

    /// <summary>Gets the logger of the coordination.</summary>
    public ILogger Logger { get; } = logger;
}
