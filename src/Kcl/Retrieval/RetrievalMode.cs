namespace Kcl;

/// <summary>Specifies how a worker retrieves the records of its shards.</summary>
public enum RetrievalMode
{
    /// <summary>
    /// The worker reads with <c>GetRecords</c>: up to five reads and 2 MiB per second and shard, shared by all readers of the shard.
    /// </summary>
    Polling,

    /// <summary>
    /// Enhanced fan-out: the service pushes records to a registered consumer that has 2 MiB per second and shard for itself, at an extra
    /// charge. If fan-out is not possible, the worker does not start.
    /// </summary>
    FanOut,

    /// <summary>
    /// Enhanced fan-out if it is possible; otherwise, polling. Fan-out is not possible without the permission, with too many registered
    /// consumers, or on a server without the operation. The worker then logs a warning once.
    /// </summary>
    FanOutOrPolling,
}
