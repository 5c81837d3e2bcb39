namespace Kcl.Leasing.Administration;

/// <summary>The result of one step of a plan.</summary>
public sealed record LeaseStepOutcome
{
    /// <summary>Gets the step.</summary>
    public required LeaseStep Step { get; init; }

    /// <summary>
    /// Gets whether the write took effect. A conflict means that another process wrote the lease after the plan was made; nothing was
    /// changed then.
    /// </summary>
    public required LeaseWriteStatus Status { get; init; }

    /// <summary>Gets the row after the step; <see langword="null"/> if it does not exist or is not known.</summary>
    public Lease? Current { get; init; }
}
