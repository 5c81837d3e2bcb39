namespace Kcl.Leasing.Administration;

/// <summary>The kinds of <see cref="LeaseOperation"/>.</summary>
public enum LeaseOperationKind
{
    /// <summary>The owner is removed.</summary>
    Release,

    /// <summary>The checkpoint is set to another position.</summary>
    Reset,

    /// <summary>The row is removed.</summary>
    Delete,

    /// <summary>The row becomes a lease of a stream.</summary>
    Adopt,
}
