namespace Kcl.Leasing;

/// <summary>The outcome of a conditional write.</summary>
public enum LeaseWriteStatus
{
    /// <summary>The write took effect.</summary>
    Written,

    /// <summary>There is a row, and the condition did not hold: usually another worker wrote first. This is normal.</summary>
    Conflict,

    /// <summary>There is no row.</summary>
    Missing,
}
