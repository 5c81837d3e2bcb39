namespace Kcl.Leasing;

/// <summary>How the fleet that uses a lease store assigns its leases.</summary>
public sealed record LeaseFleet
{
    /// <summary>Gets the fleet of a store that only workers of this library use.</summary>
    public static LeaseFleet OfThisLibrary { get; } = new()
    {
        Mode = LeaseFleetMode.Taking,
        Evidence = "only workers of this library use this lease store",
    };

    /// <summary>Gets the mode.</summary>
    public required LeaseFleetMode Mode { get; init; }

    /// <summary>Gets the evidence for the mode: one clause for a log line.</summary>
    public required string Evidence { get; init; }

    /// <summary>Gets what an operator must do before a worker of this library may take leases; null if no action is needed.</summary>
    public string? Advice { get; init; }

    /// <summary>Gets a value indicating whether a worker that takes leases as in KCL 2.x may take any.</summary>
    public bool MayTake => Mode == LeaseFleetMode.Taking;
}
