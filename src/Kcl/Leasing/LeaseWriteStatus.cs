namespace Kcl.Leasing;

/// <summary>Specifies the outcome of a conditional write.</summary>
public enum LeaseWriteStatus
{
    /// <summary>The write took effect.</summary>
    Written,

    /// <summary>There is a row, and the condition did not hold. Usually, another worker wrote first; this is normal.</summary>
    Conflict,

    /// <summary>There is no row.</summary>
    Missing,
}
