namespace Kcl.Daemon;

/// <summary>How a <see cref="MultiLangDaemon"/> is doing, at one moment.</summary>
/// <param name="WorkerId">The worker's id.</param>
/// <param name="Shards">Every shard of the application, ordered by id. Empty before the first look at the lease table.</param>
public sealed record DaemonStatus(string WorkerId, IReadOnlyList<DaemonShardStatus> Shards);

/// <summary>How one shard is doing.</summary>
/// <param name="Shard">What the worker knows of it: state, owner, checkpoint, lag, records, restarts.</param>
/// <param name="Child">What its child is at, where this daemon has, or had, one.</param>
public sealed record DaemonShardStatus(ShardStatus Shard, ChildStatus Child);
