namespace Kcl.Leasing;

/// <summary>A change that deletes the row.</summary>
public sealed record LeaseDeletion : LeaseChange
{
    private LeaseDeletion()
    {
    }

    /// <summary>Gets the only instance.</summary>
    public static LeaseDeletion Instance { get; } = new();
}
