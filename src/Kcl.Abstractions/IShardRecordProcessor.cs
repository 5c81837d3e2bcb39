namespace Kcl;

/// <summary>
/// Processes the records of one shard. Applications implement this interface. There is one instance per shard and lease, and its calls
/// never overlap.
/// </summary>
/// <remarks>
/// <para>
/// The token of each method is canceled when the lease is lost, or when <c>KinesisConsumerOptions.ShutdownTimeout</c> has passed after a
/// stop was requested. Return quickly then. A requested stop alone does not cancel it.
/// </para>
/// <para>
/// A batch whose <see cref="ProcessRecordsAsync"/> throws is delivered again after a pause; nothing is skipped. A
/// <see cref="ProcessorUnusableException"/> reports that this instance cannot continue: it is replaced, and the shard resumes at its last
/// checkpoint.
/// </para>
/// <para>
/// A processor that implements <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/> is disposed when the worker no longer processes
/// the shard, for any reason.
/// </para>
/// </remarks>
public interface IShardRecordProcessor
{
    /// <summary>Called once, before any other method, when the parents of the shard are finished.</summary>
    /// <param name="input">The shard, and the position at which it resumes.</param>
    /// <param name="cancellationToken">Canceled when the lease is lost or the time limit of a stop has passed.</param>
    /// <returns>
    /// A task that completes when the processor is ready. An exception is logged, and the call is repeated after a pause.
    /// </returns>
    ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken);

    /// <summary>Called with the next records, in shard order.</summary>
    /// <param name="input">The records, the lag and the checkpointer.</param>
    /// <param name="cancellationToken">Canceled when the lease is lost or the time limit of a stop has passed.</param>
    /// <returns>
    /// A task that completes when the batch is processed. An exception is logged, and the batch is delivered again after a pause.
    /// </returns>
    ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken);

    /// <summary>Called when the lease is lost, or after <see cref="ShutdownRequestedAsync"/>. Checkpoints are no longer accepted.</summary>
    /// <param name="input">The input, which has no members yet.</param>
    /// <param name="cancellationToken">Canceled when the time limit of the stop has passed.</param>
    /// <returns>
    /// A task that completes when the processor is done. An exception is logged; the worker stops processing the shard regardless.
    /// </returns>
    ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken);

    /// <summary>
    /// Called when every record of a closed shard is processed. Returning from the method completes the shard; its child shards can then
    /// start.
    /// </summary>
    /// <param name="input">The checkpointer, for processors that complete the shard themselves.</param>
    /// <param name="cancellationToken">Canceled when the lease is lost or the time limit of a stop has passed.</param>
    /// <returns>A task that completes when the processor is done. An exception is logged, and the call is repeated after a pause.</returns>
    ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken);

    /// <summary>
    /// Called when the worker stops or hands the shard over to another worker: the last opportunity to checkpoint.
    /// <see cref="LeaseLostAsync"/> follows.
    /// </summary>
    /// <param name="input">The checkpointer.</param>
    /// <param name="cancellationToken">Canceled when the lease is lost or the time limit of a stop has passed.</param>
    /// <returns>A task that completes when the processor is done. An exception is logged; the stop continues.</returns>
    ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken);
}
