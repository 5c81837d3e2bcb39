namespace Kcl;

/// <summary>The input of <see cref="IShardRecordProcessor.ShardEndedAsync"/>.</summary>
/// <param name="checkpointer">The checkpointer of the shard.</param>
public sealed class ShardEndedInput(ICheckpointer checkpointer)
{
    /// <summary>
    /// Gets the checkpointer. <see cref="ICheckpointer.CheckpointAsync(CancellationToken)"/> stores <c>SHARD_END</c>, which completes the
    /// shard.
    /// </summary>
    public ICheckpointer Checkpointer { get; } = checkpointer;
}
