namespace Kcl.Leasing.Taking;

/// <summary>How many leases a worker may own and take.</summary>
/// <param name="MaxLeases">The largest number of leases that it may own.</param>
/// <param name="MaxSteal">The largest number of leases that it may take from a live peer in one round.</param>
/// <param name="FirstRound">
/// The largest number of free leases that it takes in a round while it owns few, so that workers that start together share them. In later
/// rounds it at most doubles what it owns.
/// </param>
internal sealed record BalanceLimits(int MaxLeases, int MaxSteal, int FirstRound = 8);
