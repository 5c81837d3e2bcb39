namespace Kcl.Leasing.Holding;

/// <summary>The result of a reconciliation.</summary>
/// <param name="Origin">Which write made the row.</param>
/// <param name="SentAt">The timestamp at which an own write that made the row was first sent, at the earliest; 0 for other origins.</param>
internal readonly record struct Reconciliation(WriteOrigin Origin, long SentAt = 0);
