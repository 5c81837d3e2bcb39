namespace Kcl;

/// <summary>
/// The base class of processors, which implements every method except <see cref="ProcessRecordsAsync"/>:
/// <see cref="ShutdownRequestedAsync"/> and <see cref="ShardEndedAsync"/> checkpoint, the other methods do nothing.
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
    /// <remarks>Checkpoints the end of the shard unless overridden. This is optional: returning completes the shard.</remarks>
    public virtual ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken) =>
        input.Checkpointer.CheckpointAsync(cancellationToken);

    /// <inheritdoc />
    /// <remarks>Checkpoints everything delivered unless overridden.</remarks>
    public virtual ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken) =>
        input.Checkpointer.CheckpointAsync(cancellationToken);
}
