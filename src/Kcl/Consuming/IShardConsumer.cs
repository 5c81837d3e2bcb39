namespace Kcl.Consuming;

/// <summary>Consumes one shard on this worker, from waiting for its parents to the last call of its processor.</summary>
internal interface IShardConsumer : IAsyncDisposable
{
    /// <summary>
    /// Gets a task that completes when the processor has had its last call and everything that the shard used is released. The task never
    /// fails.
    /// </summary>
    Task<ShardConsumerOutcome> Completion { get; }

    /// <summary>Gets the current status, for status displays and metrics.</summary>
    ShardConsumerStatus Status { get; }

    /// <summary>Starts the consumer.</summary>
    void Start();

    /// <summary>
    /// Requests an orderly stop: fetching ends, the current batch is finished, and then <c>ShutdownRequestedAsync</c> and
    /// <c>LeaseLostAsync</c> are called. The lease is still held during these calls; the caller releases it afterwards.
    /// </summary>
    void RequestStop();

    /// <summary>Cancels the processor's token, after an orderly stop has taken too long.</summary>
    void Abort();
}
