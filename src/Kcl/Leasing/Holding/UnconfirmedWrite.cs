namespace Kcl.Leasing.Holding;

/// <summary>A write that was sent and whose outcome is not known.</summary>
/// <param name="Row">The row after the write, if it takes effect.</param>
/// <param name="SentAt">The clock's timestamp when the write was first sent.</param>
internal readonly record struct UnconfirmedWrite(Lease Row, long SentAt);
