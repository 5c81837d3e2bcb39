namespace Kcl.Leasing.Administration;

/// <summary>Specifies whether a step of a plan writes.</summary>
public enum LeaseStepAction
{
    /// <summary>The lease is written.</summary>
    Write,

    /// <summary>Nothing is written: the lease is already in the requested state, or the operation does not concern it.</summary>
    Skip,

    /// <summary>A live worker owns the lease, and force was not requested. The whole plan is refused.</summary>
    Refuse,
}
