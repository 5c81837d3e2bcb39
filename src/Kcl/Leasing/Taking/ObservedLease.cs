namespace Kcl.Leasing.Taking;

/// <summary>A lease, and how long it has been unchanged.</summary>
/// <param name="Lease">The row.</param>
/// <param name="Unchanged">How long the counter and whether there is an owner have been unchanged, as far as this worker has seen.</param>
/// <param name="IsExpired">Whether the lease has an owner that did not renew it in time.</param>
internal readonly record struct ObservedLease(Lease Lease, TimeSpan Unchanged, bool IsExpired);
