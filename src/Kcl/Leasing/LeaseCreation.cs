namespace Kcl.Leasing;

/// <summary>A change that creates the row.</summary>
public sealed record LeaseCreation : LeaseChange
{
    /// <summary>Gets the new lease.</summary>
    public required Lease Lease { get; init; }
}
