using Kcl.Leasing;

namespace Kcl.Coordination.ShardSync;

/// <summary>A write that repairs a lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Write">The write.</param>
/// <param name="IsUrgent">Whether it must be made before the lease is used.</param>
internal sealed record LeaseRepair(Lease Lease, LeaseWrite Write, bool IsUrgent);
