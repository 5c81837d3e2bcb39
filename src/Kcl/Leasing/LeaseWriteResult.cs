namespace Kcl.Leasing;

/// <summary>The result of a conditional write.</summary>
public readonly record struct LeaseWriteResult
{
    /// <summary>Gets the outcome.</summary>
    public required LeaseWriteStatus Status { get; init; }

    /// <summary>
    /// Gets the row after a write that took effect, or the row that prevented it. It is null if there is no row, or if the store does not
    /// return it.
    /// </summary>
    public Lease? Current { get; init; }

    /// <summary>Gets a value indicating whether the write took effect.</summary>
    public bool Succeeded => Status == LeaseWriteStatus.Written;

    /// <summary>Returns the result of a write that took effect.</summary>
    /// <param name="row">The row after the write; null after a deletion.</param>
    public static LeaseWriteResult Written(Lease? row) => new() { Status = LeaseWriteStatus.Written, Current = row };

    /// <summary>Returns the result of a write that an existing row prevented.</summary>
    /// <param name="row">The row; null if the store does not return it.</param>
    public static LeaseWriteResult Conflict(Lease? row) => new() { Status = LeaseWriteStatus.Conflict, Current = row };

    /// <summary>Returns the result of a write that requires a row if there is none.</summary>
    public static LeaseWriteResult Missing() => new() { Status = LeaseWriteStatus.Missing };
}
