namespace Kcl;

/// <summary>
/// The base class of processors, with a default for every method except <see cref="ProcessRecordsAsync"/>: a stop and the end of the shard
/// checkpoint, the other methods do nothing.
/// </summary>
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
    /// <remarks>Checkpoints the end of the shard unless overridden, because a multi-language daemon requires it of its children.</remarks>
    public virtual ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken) =>
        input.Checkpointer.CheckpointAsync(cancellationToken);

    /// <inheritdoc />
    /// <remarks>Checkpoints everything delivered unless overridden.</remarks>
    public virtual ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken) =>
        input.Checkpointer.CheckpointAsync(cancellationToken);
}
