namespace Kcl.Leasing;

/// <summary>The reason why a lease is no longer held.</summary>
internal enum LeaseLossReason
{
    /// <summary>A peer took it.</summary>
    Taken,

    /// <summary>Its row was deleted.</summary>
    Deleted,

    /// <summary>No write succeeded for so long that a peer may take it soon.</summary>
    NotRenewed,

    /// <summary>Another process writes under the id of this worker.</summary>
    DuplicateWorkerId,

    /// <summary>This worker released it.</summary>
    Released,
}
