using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Consuming;

/// <summary>The operations that a shard's consumer needs from the coordination.</summary>
internal interface IShardCoordination : IShardDirectory
{
    /// <summary>Completes when every parent of the lease's shard is finished: its row is at <c>SHARD_END</c> or does not exist.</summary>
    ValueTask WhenParentsFinishedAsync(Lease lease, CancellationToken cancellationToken);

    /// <summary>
    /// Ensures that every child has a lease, and that the parent's row names its children. Called before <c>SHARD_END</c> is checkpointed.
    /// </summary>
    /// <param name="held">The lease of the ended shard.</param>
    /// <param name="children">
    /// The children that the last response named; empty if the server does not name them. They are then found in the shard list.
    /// </param>
    /// <param name="cancellationToken">Canceled when the lease is lost or the worker stops.</param>
    ValueTask CreateChildLeasesAsync(IHeldLease held, IReadOnlyList<ChildShard> children, CancellationToken cancellationToken);
}
