namespace Kcl.Daemon.Status;

/// <summary>The status of one shard.</summary>
public sealed record DaemonShardStatus
{
    /// <summary>Gets the status of the shard in the worker: state, owner, checkpoint, lag, records, restarts.</summary>
    public required ShardStatus Shard { get; init; }

    /// <summary>
    /// Gets the status of the shard's child. If this daemon has not started one, the state is <see cref="ChildState.None"/>.
    /// </summary>
    public required ChildStatus Child { get; init; }
}
