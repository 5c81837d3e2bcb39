namespace Kcl.Leasing.Administration;

/// <summary>What a plan does to one lease.</summary>
public sealed record LeaseStep
{
    /// <summary>Gets the row from which the plan was made. The write is fenced by its counter.</summary>
    public required Lease Lease { get; init; }

    /// <summary>Gets what is known of the lease's owner.</summary>
    public required OwnerLiveness Liveness { get; init; }

    /// <summary>Gets a value that says whether the lease is written.</summary>
    public required LeaseStepAction Action { get; init; }

    /// <summary>Gets what is done, or why nothing is: one clause.</summary>
    public required string Description { get; init; }

    /// <summary>
    /// Gets why the row cannot be read as a lease; <see langword="null"/> for a lease. Of an unreadable row, only the key and the shard of
    /// <see cref="Lease"/> have a meaning.
    /// </summary>
    public string? Problem { get; init; }
}
