namespace Kcl.Leasing.Holding;

/// <summary>
/// Recognizes a worker's own writes by the counter, the owner, the checkpoint and the pending checkpoint. It has no side effects.
/// </summary>
internal sealed class WriteReconciliation : IWriteReconciliation
{
    public Reconciliation Reconcile(IReadOnlyList<UnconfirmedWrite> unconfirmed, Lease? row)
    {
        if (row is null)
        {
            return new(WriteOrigin.Deleted);
        }

        for (var i = 0; i < unconfirmed.Count; i++)
        {
            if (LeaseRow.HasSameHolderState(unconfirmed[i].Row, row))
            {
                // If several writes produce the same row, it is not known which one took effect. Other workers may have seen the first, so
                // its time is used.
                var origin = LeaseRow.HasSameHolderState(unconfirmed[^1].Row, row) ? WriteOrigin.Own : WriteOrigin.EarlierOwn;
                return new(origin, unconfirmed[i].SentAt);
            }
        }

        return new(WriteOrigin.Foreign);
    }
}
