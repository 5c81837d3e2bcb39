using Kcl.Leasing.Holding;

namespace Kcl.Leasing.Taking;

/// <summary>The result of one round of taking.</summary>
/// <param name="Leases">The lease table as read.</param>
/// <param name="Taken">The leases that were taken. Their renewals have not started.</param>
/// <param name="Plan">What was decided.</param>
/// <param name="NextRoundDelay">The delay until the next round.</param>
internal sealed record LeaseTakeResult(
    LeaseListing Leases,
    IReadOnlyList<HeldLease> Taken,
    LeaseAssignmentPlan Plan,
    TimeSpan NextRoundDelay);
