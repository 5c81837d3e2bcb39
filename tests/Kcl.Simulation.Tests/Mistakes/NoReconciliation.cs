using Kcl.Leasing;
using Kcl.Leasing.Holding;

namespace Kcl.Simulation.Tests.Mistakes;

/// <summary>Takes every row that met a conflict for the write of another process.</summary>
internal sealed class NoReconciliation : IWriteReconciliation
{
    public Reconciliation Reconcile(IReadOnlyList<UnconfirmedWrite> unconfirmed, Lease? row) =>
        new(row is null ? WriteOrigin.Deleted : WriteOrigin.Foreign);
}
