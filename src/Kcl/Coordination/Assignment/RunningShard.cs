using Kcl.Consuming;
using Kcl.Leasing.Holding;

namespace Kcl.Coordination.Assignment;

/// <summary>A shard that runs on this worker.</summary>
/// <param name="lease">The lease of the shard.</param>
internal sealed class RunningShard(HeldLease lease)
{
    /// <summary>Gets the lease.</summary>
    public HeldLease Lease { get; } = lease;

    /// <summary>Gets or sets the consumer; null until it is created.</summary>
    public IShardConsumer? Consumer { get; set; }

    /// <summary>Gets or sets a task that completes when the consumer has ended and the lease is released.</summary>
    public Task Ending { get; set; } = Task.CompletedTask;
}
