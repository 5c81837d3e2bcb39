namespace Kcl;

/// <summary>How the records of a shard reach the worker.</summary>
public enum RetrievalMode
{
    /// <summary>The worker asks for them: up to five times a second and shard, sharing two MiB per second with everybody who reads the shard.</summary>
    Polling,

    /// <summary>Enhanced fan-out: the service pushes them to a registered consumer that has two MiB per second and shard of its own, and is paid for. If that is not possible, nothing is read.</summary>
    FanOut,

    /// <summary>Enhanced fan-out; if it is refused (no permission, too many consumers, a server that does not have it) the worker polls, and says so once.</summary>
    FanOutOrPolling,
}
