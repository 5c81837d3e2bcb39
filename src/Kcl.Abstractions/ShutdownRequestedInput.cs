namespace Kcl;

/// <summary>The input of <see cref="IShardRecordProcessor.ShutdownRequestedAsync"/>.</summary>
/// <param name="checkpointer">The checkpointer of the shard.</param>
public sealed class ShutdownRequestedInput(ICheckpointer checkpointer)
{
    /// <summary>Gets the checkpointer, which stores how far the shard was processed.</summary>
    public ICheckpointer Checkpointer { get; } = checkpointer;
}
