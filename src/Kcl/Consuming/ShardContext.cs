using Kcl.Diagnostics;
using Kcl.Leasing;

namespace Kcl.Consuming;

/// <summary>Everything that belongs to one shard while it is consumed.</summary>
/// <param name="Lease">The shard's lease, held by this worker.</param>
/// <param name="Coordination">The coordination.</param>
/// <param name="Settings">The settings of the stream.</param>
/// <param name="Services">The services that all shards share.</param>
/// <param name="Tokens">The tokens that end the consumer from outside.</param>
internal sealed record ShardContext(
    IHeldLease Lease, IShardCoordination Coordination, ConsumingSettings Settings, ConsumingServices Services, ShardConsumerTokens Tokens)
{
    /// <summary>Gets the shard.</summary>
    public ShardRef Shard { get; } = new(Settings.Stream, Lease.Current.ShardId);

    /// <summary>Gets the shard's id, for messages and for the processor.</summary>
    public ShardId ShardId => Shard.ShardId;

    /// <summary>Gets the metrics of the shard.</summary>
    public ShardMetrics Metrics { get; } = new(Settings.Stream.Name, Lease.Current.ShardId);
}
