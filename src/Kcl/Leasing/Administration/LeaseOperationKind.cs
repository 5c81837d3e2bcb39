namespace Kcl.Leasing.Administration;

/// <summary>Specifies the kind of a <see cref="LeaseOperation"/>.</summary>
public enum LeaseOperationKind
{
    /// <summary>The owner is removed.</summary>
    Release,

    /// <summary>The checkpoint is set to another position.</summary>
    Reset,

    /// <summary>The row is removed.</summary>
    Delete,

    /// <summary>The lease is assigned to a stream.</summary>
    Adopt,
}
