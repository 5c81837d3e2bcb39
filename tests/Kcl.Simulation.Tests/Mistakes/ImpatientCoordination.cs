using Kcl.Consuming;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Simulation.Tests.Mistakes;

/// <summary>Reports the parents of every shard as finished.</summary>
internal sealed class ImpatientCoordination(IShardCoordination coordination) : IShardCoordination
{
    public ValueTask WhenParentsFinishedAsync(Lease lease, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask CreateChildLeasesAsync(IHeldLease held, IReadOnlyList<ChildShard> children, CancellationToken cancellationToken) =>
        coordination.CreateChildLeasesAsync(held, children, cancellationToken);

    public ValueTask<ShardListing> FindAsync(ShardRef shard, CancellationToken cancellationToken) =>
        coordination.FindAsync(shard, cancellationToken);

    public void RequestStreamCheck() => coordination.RequestStreamCheck();
}
