namespace Kcl.Leasing.Taking;

/// <summary>Balances the number of leases per worker, as KCL 2.x does.</summary>
/// <param name="limits">How many leases the worker may own and take.</param>
internal sealed class CountBasedDecider(BalanceLimits limits) : ILeaseAssignmentDecider
{
    public LeaseAssignmentPlan Decide(LeaseTableSnapshot snapshot) =>
        LeaseBalancer.Plan(snapshot.Candidates, snapshot.Self, limits, snapshot.Salt);
}
