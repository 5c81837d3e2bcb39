namespace Kcl.Leasing.Administration;

/// <summary>What a plan does to one lease.</summary>
public sealed record LeaseStep
{
    /// <summary>Gets the row from which the plan was created. The write requires its counter.</summary>
    public required Lease Lease { get; init; }

    /// <summary>Gets what is known about the lease's owner.</summary>
    public required OwnerLiveness Liveness { get; init; }

    /// <summary>Gets a value that specifies whether the lease is written.</summary>
    public required LeaseStepAction Action { get; init; }

    /// <summary>Gets a description of what is done, or of why nothing is done: one clause.</summary>
    public required string Description { get; init; }

    /// <summary>
    /// Gets why the row cannot be read as a lease; null for a lease. For an unreadable row, only the key and the shard of
    /// <see cref="Lease"/> are meaningful.
    /// </summary>
    public string? Problem { get; init; }
}
