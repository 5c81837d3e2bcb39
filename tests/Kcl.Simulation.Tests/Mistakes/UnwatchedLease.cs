using Kcl.Leasing;

namespace Kcl.Simulation.Tests.Mistakes;

/// <summary>A lease that does not check its own clock.</summary>
internal sealed class UnwatchedLease(IHeldLease lease) : IHeldLease
{
    public LeaseKey Key => lease.Key;

    public Lease Current => lease.Current;

    public CancellationToken Lost => lease.Lost;

    public bool IsHeld => !lease.Lost.IsCancellationRequested;

    public bool StartsAtTip => lease.StartsAtTip;

    public ValueTask<bool> TryUpdateAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken) =>
        lease.TryUpdateAsync(change, cancellationToken);
}
