namespace Kcl.Leasing.Taking;

/// <summary>The lease table as one worker sees it at one time: the input of a decision.</summary>
internal sealed record LeaseTableSnapshot
{
    /// <summary>Gets the worker.</summary>
    public required WorkerId Self { get; init; }

    /// <summary>Gets the listing.</summary>
    public required LeaseListing Leases { get; init; }

    /// <summary>Gets the leases of the listing, and how long each has been unchanged.</summary>
    public required IReadOnlyList<ObservedLease> Observed { get; init; }

    /// <summary>Gets the leases of this stream that must still be consumed, and what this worker may do with each.</summary>
    public required IReadOnlyList<LeaseCandidate> Candidates { get; init; }

    /// <summary>
    /// Gets a random number that determines the order of equivalent leases. It differs between workers, so that they do not try to take the
    /// same leases.
    /// </summary>
    public ulong Salt { get; init; }
}
