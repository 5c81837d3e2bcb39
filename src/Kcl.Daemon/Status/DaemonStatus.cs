using Kcl.Leasing;

namespace Kcl.Daemon.Status;

/// <summary>The status of a <see cref="MultiLangDaemon"/> at one moment.</summary>
public sealed record DaemonStatus
{
    /// <summary>Gets the worker's id.</summary>
    public required WorkerId WorkerId { get; init; }

    /// <summary>Gets every shard of the application, ordered by id. Empty until the lease table has been read for the first time.</summary>
    public required IReadOnlyList<DaemonShardStatus> Shards { get; init; }
}
