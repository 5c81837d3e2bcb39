namespace Kcl.Leasing;

/// <summary>Whether a row is the one an update was to make.</summary>
internal static class LeaseRow
{
    /// <summary>Whether two rows agree in everything that only the holder of a lease writes.</summary>
    public static bool SameHolding(Lease one, Lease other) =>
        one.Counter == other.Counter
        && one.Owner == other.Owner
        && one.Checkpoint == other.Checkpoint
        && one.PendingCheckpoint == other.PendingCheckpoint
        && (one.PendingCheckpointState ?? default).Span.SequenceEqual((other.PendingCheckpointState ?? default).Span);
}
