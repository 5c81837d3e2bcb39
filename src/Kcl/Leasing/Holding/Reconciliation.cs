namespace Kcl.Leasing.Holding;

/// <summary>The result of a reconciliation.</summary>
/// <param name="Origin">The write that produced the row.</param>
/// <param name="SentAt">The timestamp at which an own write that may have produced the row was first sent; 0 for other origins.</param>
internal readonly record struct Reconciliation(WriteOrigin Origin, long SentAt = 0);
