namespace Kcl.Leasing.Taking;

/// <summary>
/// Decides which leases a worker takes. Implementations are pure functions: they use no store, no clock and no other source of randomness
/// than the snapshot.
/// </summary>
internal interface ILeaseAssignmentDecider
{
    /// <summary>Decides which leases the worker takes in this round.</summary>
    /// <param name="snapshot">The lease table as the worker sees it.</param>
    LeaseAssignmentPlan Decide(LeaseTableSnapshot snapshot);
}
