namespace Kcl.Leasing;

/// <summary>How the holding of a lease ended.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Counter">The last counter that this worker knew to be its own.</param>
/// <param name="NewOwner">The new owner; <see langword="null"/> if there is none or it is not known.</param>
internal sealed record LeaseLoss(LeaseLossReason Reason, long Counter, WorkerId? NewOwner);
