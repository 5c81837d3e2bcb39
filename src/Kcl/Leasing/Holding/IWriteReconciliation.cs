namespace Kcl.Leasing.Holding;

/// <summary>Finds out, after a conflict, which write made the row.</summary>
internal interface IWriteReconciliation
{
    /// <summary>Compares the row with the writes whose outcome is not known.</summary>
    /// <param name="unconfirmed">The writes that were sent with the current counter, oldest first. The last one met the conflict.</param>
    /// <param name="row">The row as it is now; <see langword="null"/> if it was deleted.</param>
    Reconciliation Reconcile(IReadOnlyList<UnconfirmedWrite> unconfirmed, Lease? row);
}
