namespace Kcl.Leasing.Administration;

/// <summary>What an operation would do, lease by lease. Nothing has been written yet.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Forced">Whether leases of live workers are included.</param>
/// <param name="Steps">The leases concerned, ordered by key.</param>
/// <param name="Notes">What an operator should know before going on.</param>
public sealed record LeasePlan(LeaseOperation Operation, bool Forced, IReadOnlyList<LeaseStep> Steps, IReadOnlyList<string> Notes)
{
    /// <summary>Whether any lease would be written.</summary>
    public bool HasWrites => Steps.Any(static s => s.Verdict == LeaseStepVerdict.Write);

    /// <summary>Whether the plan can be carried out: no step is refused.</summary>
    public bool MayApply => Steps.All(static s => s.Verdict != LeaseStepVerdict.Refused);
}

/// <summary>What would be done to one lease.</summary>
/// <param name="Lease">The row the plan was made from; the write is fenced by its counter.</param>
/// <param name="Liveness">Whether its owner was seen to live.</param>
/// <param name="Verdict">Whether anything is done.</param>
/// <param name="Says">What is done, or why nothing is: one clause.</param>
public sealed record LeaseStep(Lease Lease, OwnerLiveness Liveness, LeaseStepVerdict Verdict, string Says)
{
    /// <summary>Why the row cannot be read as a lease: then only the key and the shard of <see cref="Lease"/> mean anything. Null for a lease.</summary>
    public string? Problem { get; init; }
}

/// <summary>Whether a step does anything.</summary>
public enum LeaseStepVerdict
{
    /// <summary>The lease is written.</summary>
    Write,

    /// <summary>The lease is as wanted already, or not concerned.</summary>
    Leave,

    /// <summary>A live worker owns the lease, and force was not asked for. The whole plan is then refused.</summary>
    Refused,
}

/// <summary>What is known of a lease's owner.</summary>
public enum OwnerLiveness
{
    /// <summary>Nobody owns the lease.</summary>
    Unowned,

    /// <summary>The counter moved while it was watched.</summary>
    Live,

    /// <summary>The counter stood still for the whole failover time.</summary>
    Silent,

    /// <summary>It was not watched.</summary>
    NotWatched,
}

/// <summary>What became of one step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Status">Whether it was written. A conflict means that somebody else wrote since the plan was made; nothing was changed then.</param>
/// <param name="Current">The row afterwards, where there is one and it is known.</param>
public sealed record LeaseStepOutcome(LeaseStep Step, LeaseWriteStatus Status, Lease? Current);
