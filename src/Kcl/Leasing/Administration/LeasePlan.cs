namespace Kcl.Leasing.Administration;

/// <summary>What an operation would do to each lease. Nothing has been written yet.</summary>
public sealed record LeasePlan
{
    /// <summary>Gets the operation.</summary>
    public required LeaseOperation Operation { get; init; }

    /// <summary>Gets a value indicating whether leases of live workers are included.</summary>
    public required bool IsForced { get; init; }

    /// <summary>Gets the steps: one for each lease that the operation concerns, ordered by key.</summary>
    public required IReadOnlyList<LeaseStep> Steps { get; init; }

    /// <summary>Gets notes that an operator should read before the plan is carried out.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Gets a value indicating whether any lease would be written.</summary>
    public bool HasWrites => Steps.Any(static s => s.Action == LeaseStepAction.Write);

    /// <summary>Gets a value indicating whether the plan can be carried out: no step is refused.</summary>
    public bool CanApply => Steps.All(static s => s.Action != LeaseStepAction.Refuse);
}
