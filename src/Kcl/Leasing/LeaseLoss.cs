namespace Kcl.Leasing;

/// <summary>Why a lease is not held any more.</summary>
internal enum LeaseLossReason
{
    /// <summary>A peer took it.</summary>
    Taken,

    /// <summary>Its row is gone.</summary>
    Deleted,

    /// <summary>No write got through for so long that a peer may take it soon.</summary>
    NotRenewed,

    /// <summary>Another process writes under this worker's id.</summary>
    DuplicateWorkerId,

    /// <summary>It was given back.</summary>
    Released,
}

/// <summary>The end of a holding.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Counter">The counter this worker last knew to be its own.</param>
/// <param name="NewOwner">Who has it now, if known.</param>
internal sealed record LeaseLoss(LeaseLossReason Reason, long Counter, WorkerId? NewOwner);
