namespace Kcl.Leasing.Taking;

/// <summary>A lease that must still be consumed, as a decider sees it.</summary>
/// <param name="Lease">The row.</param>
/// <param name="State">What this worker may do with the lease.</param>
internal readonly record struct LeaseCandidate(Lease Lease, LeaseCandidateState State);
