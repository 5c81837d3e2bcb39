using Kcl.Leasing.Holding;

namespace Kcl.Leasing.Taking;

/// <summary>The result of one round of taking.</summary>
/// <param name="Leases">The listing of the lease table.</param>
/// <param name="Taken">The leases that were taken. Their renewals have not started.</param>
/// <param name="Plan">The plan of the round.</param>
/// <param name="NextRoundDelay">The delay until the next round.</param>
internal sealed record LeaseTakeResult(
    LeaseListing Leases,
    IReadOnlyList<HeldLease> Taken,
    LeaseAssignmentPlan Plan,
    TimeSpan NextRoundDelay);
