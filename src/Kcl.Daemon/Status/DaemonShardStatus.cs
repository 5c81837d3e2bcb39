namespace Kcl.Daemon.Status;

/// <summary>The status of one shard.</summary>
public sealed record DaemonShardStatus
{
    /// <summary>Gets what the worker knows about the shard: state, owner, checkpoint, lag, records, restarts.</summary>
    public required ShardStatus Shard { get; init; }

    /// <summary>Gets the status of the shard's child, if this daemon runs one or has run one.</summary>
    public required ChildStatus Child { get; init; }
}
