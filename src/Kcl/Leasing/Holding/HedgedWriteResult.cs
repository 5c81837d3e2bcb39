namespace Kcl.Leasing.Holding;

/// <summary>The reply to a hedged write.</summary>
/// <param name="Result">The reply.</param>
/// <param name="Attempts">The number of times that the write was sent.</param>
/// <param name="SentAt">The timestamp at which the attempt that was answered was sent.</param>
internal readonly record struct HedgedWriteResult(LeaseWriteResult Result, int Attempts, long SentAt);
