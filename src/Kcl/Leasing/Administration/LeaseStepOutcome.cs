namespace Kcl.Leasing.Administration;

/// <summary>The result of one step of a plan.</summary>
public sealed record LeaseStepOutcome
{
    /// <summary>Gets the step.</summary>
    public required LeaseStep Step { get; init; }

    /// <summary>
    /// Gets the outcome of the write. A conflict means that another process wrote the lease after the plan was created; the lease was not
    /// changed.
    /// </summary>
    public required LeaseWriteStatus Status { get; init; }

    /// <summary>Gets the row after the step; null if it does not exist or is not known.</summary>
    public Lease? Current { get; init; }
}
