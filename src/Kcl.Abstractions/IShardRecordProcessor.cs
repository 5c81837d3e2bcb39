namespace Kcl;

/// <summary>What an application implements: the processing of one shard. One instance per shard and lease; its calls never overlap.</summary>
/// <remarks>
/// <para>Each method's token is cancelled when the lease is lost or when the worker's patience for a stop has run out; finish quickly then.</para>
/// <para>A batch whose <see cref="ProcessRecordsAsync"/> throws is delivered again after a pause: nothing is skipped. An exception of
/// type <see cref="ProcessorUnusableException"/> says that this instance cannot go on; it is replaced and the shard resumes at its last checkpoint.</para>
/// <para>A processor that implements <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/> is disposed when its shard is over, for whatever reason.</para>
/// </remarks>
public interface IShardRecordProcessor
{
    /// <summary>Called once, before anything else, when the shard's parents are finished.</summary>
    /// <param name="input">Which shard, and where it resumes.</param>
    /// <param name="cancellationToken">Cancelled when the lease is lost or the worker stops.</param>
    /// <returns>Completes when the processor is ready. An exception is logged and the call repeated after a pause.</returns>
    ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken);

    /// <summary>Called with records in shard order.</summary>
    /// <param name="input">The records, the lag and the checkpointer.</param>
    /// <param name="cancellationToken">Cancelled when the lease is lost or the worker stops.</param>
    /// <returns>Completes when the batch was handled. An exception is logged and the batch delivered again after a pause.</returns>
    ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken);

    /// <summary>Called when the lease is gone, or after <see cref="ShutdownRequestedAsync"/>. Checkpoints are no longer accepted.</summary>
    /// <param name="input">Nothing yet; the place for what a later version may tell.</param>
    /// <param name="cancellationToken">Cancelled when the worker's patience has run out.</param>
    /// <returns>Completes when the processor is done. An exception is logged; the shard is given up all the same.</returns>
    ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken);

    /// <summary>Called when every record of a closed shard was processed. Returning is the acknowledgement: the library then completes the shard itself and its children may start.</summary>
    /// <param name="input">The checkpointer, for processors that want to complete the shard themselves.</param>
    /// <param name="cancellationToken">Cancelled when the lease is lost or the worker stops.</param>
    /// <returns>Completes when the processor is done. An exception is logged and the call repeated after a pause.</returns>
    ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken);

    /// <summary>Called when the worker stops, or hands the shard over in an orderly way: the last chance to checkpoint. <see cref="LeaseLostAsync"/> follows.</summary>
    /// <param name="input">The checkpointer.</param>
    /// <param name="cancellationToken">Cancelled when the lease is lost or the worker's patience has run out.</param>
    /// <returns>Completes when the processor is done. An exception is logged; the stop goes on.</returns>
    ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken);
}

/// <summary>A processor whose every method but <see cref="ProcessRecordsAsync"/> has its sensible default: a stop checkpoints what was processed, the rest does nothing.</summary>
public abstract class ShardRecordProcessor : IShardRecordProcessor
{
    /// <inheritdoc />
    /// <remarks>Does nothing unless overridden.</remarks>
    public virtual ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc />
    public abstract ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken);

    /// <inheritdoc />
    /// <remarks>Does nothing unless overridden.</remarks>
    public virtual ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc />
    /// <remarks>Checkpoints the end of the shard unless overridden, so that the default is right in a child of a multi-language daemon too.</remarks>
    public virtual ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken) => input.Checkpointer.CheckpointAsync(cancellationToken);

    /// <inheritdoc />
    /// <remarks>Checkpoints everything delivered unless overridden.</remarks>
    public virtual ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken) => input.Checkpointer.CheckpointAsync(cancellationToken);
}

/// <summary>Makes one processor per shard and lease.</summary>
public interface IShardRecordProcessorFactory
{
    /// <summary>Called when a lease was acquired and the shard's parents are finished, and again when a processor had to be replaced.</summary>
    /// <param name="shardId">The shard to process.</param>
    /// <returns>A processor that no other shard uses.</returns>
    IShardRecordProcessor Create(ShardId shardId);
}
