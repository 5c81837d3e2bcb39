using Kcl.Consuming;
using Kcl.Kinesis;
using Kcl.Leasing;

namespace Kcl.Simulation.Tests.Mistakes;

/// <summary>Reports the parents of every shard as finished.</summary>
internal sealed class ImpatientCoordination(IShardCoordination coordination) : IShardCoordination
{
    public ValueTask WhenParentsFinishedAsync(Lease lease, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask CreateChildLeasesAsync(IHeldLease held, IReadOnlyList<ChildShard> children, CancellationToken cancellationToken) =>
        coordination.CreateChildLeasesAsync(held, children, cancellationToken);

    public ValueTask<ShardListing> LookUpShardAsync(ShardId shardId, CancellationToken cancellationToken) =>
        coordination.LookUpShardAsync(shardId, cancellationToken);

    public void SuspectStream() => coordination.SuspectStream();
}
