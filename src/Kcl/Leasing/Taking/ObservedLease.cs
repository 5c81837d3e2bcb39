namespace Kcl.Leasing.Taking;

/// <summary>A lease, and how long it has been unchanged.</summary>
/// <param name="Lease">The row.</param>
/// <param name="Unchanged">For how long this worker has seen the same counter, and the lease with or without an owner.</param>
/// <param name="IsExpired">Whether the lease has an owner that did not renew it within the failover time.</param>
internal readonly record struct ObservedLease(Lease Lease, TimeSpan Unchanged, bool IsExpired);
