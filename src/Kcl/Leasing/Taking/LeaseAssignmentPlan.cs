namespace Kcl.Leasing.Taking;

/// <summary>The leases that one worker should take after it has read the lease table.</summary>
internal sealed record LeaseAssignmentPlan
{
    /// <summary>Gets the free leases to take.</summary>
    public IReadOnlyList<Lease> LeasesToTake { get; init; } = [];

    /// <summary>Gets the leases to take from a live worker.</summary>
    public IReadOnlyList<Lease> LeasesToSteal { get; init; } = [];

    /// <summary>Gets the number of leases that this worker should own.</summary>
    public int Target { get; init; }

    /// <summary>Gets the number of leases that this worker owns.</summary>
    public int Mine { get; init; }

    /// <summary>Gets the number of workers that own leases, including this one.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Gets the number of free leases to take in the next round.</summary>
    public int Waiting { get; init; }

    /// <summary>Gets the number of leases that no worker took and that this worker cannot take, because it has reached its limit.</summary>
    public int Spillover { get; init; }

    /// <summary>Gets the maximum number of leases that this worker may own.</summary>
    public int MaxLeases { get; init; } = int.MaxValue;

    /// <summary>Returns the plan without its writes.</summary>
    public LeaseAssignmentPlan WithoutWrites() => this with { LeasesToTake = [], LeasesToSteal = [], Waiting = 0, Spillover = 0 };
}
