namespace Kcl.Leasing;

/// <summary>Specifies why a lease is no longer held.</summary>
internal enum LeaseLossReason
{
    /// <summary>Another worker took it.</summary>
    Taken,

    /// <summary>Its row was deleted.</summary>
    Deleted,

    /// <summary>No write succeeded for so long that another worker may soon take it.</summary>
    NotRenewed,

    /// <summary>Another process writes with the id of this worker.</summary>
    DuplicateWorkerId,

    /// <summary>This worker released it.</summary>
    Released,
}
