namespace Kcl.Leasing.Taking;

/// <summary>Decides which leases a worker takes. Implementations are pure: no store, no clock, no randomness of their own.</summary>
internal interface ILeaseAssignmentDecider
{
    /// <summary>Decides.</summary>
    /// <param name="snapshot">The lease table as the worker sees it.</param>
    LeaseAssignmentPlan Decide(LeaseTableSnapshot snapshot);
}
