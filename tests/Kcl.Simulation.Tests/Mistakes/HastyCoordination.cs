using Kcl.Consuming;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Simulation.Tests.Mistakes;

/// <summary>Reports a shard that is not listed as closed.</summary>
internal sealed class HastyCoordination(IShardCoordination coordination) : IShardCoordination
{
    public ValueTask WhenParentsFinishedAsync(Lease lease, CancellationToken cancellationToken) =>
        coordination.WhenParentsFinishedAsync(lease, cancellationToken);

    public ValueTask CreateChildLeasesAsync(IHeldLease held, IReadOnlyList<ChildShard> children, CancellationToken cancellationToken) =>
        coordination.CreateChildLeasesAsync(held, children, cancellationToken);

    public async ValueTask<ShardListing> FindAsync(ShardRef shard, CancellationToken cancellationToken) =>
        await coordination.FindAsync(shard, cancellationToken) is { Exists: true } listing
            ? listing
            : new(Exists: true, IsOpen: false, []);

    public void RequestStreamCheck() => coordination.RequestStreamCheck();
}
