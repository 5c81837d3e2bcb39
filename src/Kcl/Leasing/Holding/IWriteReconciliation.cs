namespace Kcl.Leasing.Holding;

/// <summary>Determines, after a conflict, which write produced the row.</summary>
internal interface IWriteReconciliation
{
    /// <summary>Compares the row with the writes whose outcome is not known.</summary>
    /// <param name="unconfirmed">
    /// The writes that were sent with the current counter, oldest first. The last one caused the conflict.
    /// </param>
    /// <param name="row">The current row; null if it was deleted.</param>
    Reconciliation Reconcile(IReadOnlyList<UnconfirmedWrite> unconfirmed, Lease? row);
}
