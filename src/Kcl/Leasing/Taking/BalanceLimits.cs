namespace Kcl.Leasing.Taking;

/// <summary>Limits how many leases a worker may own and take.</summary>
/// <param name="MaxLeases">The maximum number of leases that the worker may own.</param>
/// <param name="MaxSteal">The maximum number of leases that it may take from a live worker in one round.</param>
/// <param name="FirstRound">
/// The maximum number of free leases that it takes in a round while it owns fewer, so that workers that start together share them. Once it
/// owns more, it takes at most as many as it owns.
/// </param>
internal sealed record BalanceLimits(int MaxLeases, int MaxSteal, int FirstRound = 8);
