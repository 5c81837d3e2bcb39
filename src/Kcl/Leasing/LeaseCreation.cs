namespace Kcl.Leasing;

/// <summary>Creates a whole row.</summary>
public sealed record LeaseCreation : LeaseChange
{
    /// <summary>Gets the new lease.</summary>
    public required Lease Lease { get; init; }
}
