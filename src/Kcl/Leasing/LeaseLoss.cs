namespace Kcl.Leasing;

/// <summary>Describes how a held lease was lost or released.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Counter">The last counter that this worker is known to have written.</param>
/// <param name="NewOwner">The new owner; null if there is none or it is not known.</param>
internal sealed record LeaseLoss(LeaseLossReason Reason, long Counter, WorkerId? NewOwner);
