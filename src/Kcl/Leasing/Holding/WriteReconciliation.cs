namespace Kcl.Leasing.Holding;

/// <summary>Recognizes a worker's own writes by everything that only the holder of a lease writes. Pure.</summary>
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
            if (LeaseRow.SameHolding(unconfirmed[i].Row, row))
            {
                // If several writes make the same row, the one that took effect is not known, and peers may have seen the first: the
                // holding is dated by that.
                var origin = LeaseRow.SameHolding(unconfirmed[^1].Row, row) ? WriteOrigin.Own : WriteOrigin.EarlierOwn;
                return new(origin, unconfirmed[i].SentAt);
            }
        }

        return new(WriteOrigin.Foreign);
    }
}
