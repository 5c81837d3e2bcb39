using Kcl.Consuming;
using Kcl.Leasing;

namespace Kcl.Coordination.Assignment;

/// <summary>Creates the consumer of a shard whose lease is held.</summary>
internal delegate IShardConsumer ShardConsumerFactory(IHeldLease lease, IShardCoordination coordination);
