using Kcl.Leasing;
using Kcl.Leasing.Holding;

namespace Kcl.Simulation.Tests.Mistakes;

/// <summary>Treats the row after every conflict as the write of another process.</summary>
internal sealed class NoReconciliation : IWriteReconciliation
{
    public Reconciliation Reconcile(IReadOnlyList<UnconfirmedWrite> unconfirmed, Lease? row) =>
        new(row is null ? WriteOrigin.Deleted : WriteOrigin.Foreign);
}
