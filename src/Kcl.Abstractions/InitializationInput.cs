namespace Kcl;

/// <summary>The input of <see cref="IShardRecordProcessor.InitializeAsync"/>.</summary>
/// <param name="shardId">The shard.</param>
/// <param name="position">The shard's last checkpoint.</param>
/// <param name="pendingCheckpoint">A prepared checkpoint that was not completed; null if there is none.</param>
/// <param name="pendingCheckpointState">The application's state that was stored with it.</param>
public sealed class InitializationInput(
    ShardId shardId,
    ExtendedSequenceNumber position,
    ExtendedSequenceNumber? pendingCheckpoint = null,
    ReadOnlyMemory<byte> pendingCheckpointState = default)
{
    /// <summary>Gets the shard.</summary>
    public ShardId ShardId { get; } = shardId;

    /// <summary>Gets the shard's last checkpoint; the records after it follow. A named position if nothing was checkpointed yet.</summary>
    public ExtendedSequenceNumber Position { get; } = position;

    /// <summary>Gets the checkpoint that was prepared but not completed; null if there is none.</summary>
    public ExtendedSequenceNumber? PendingCheckpoint { get; } = pendingCheckpoint;

    /// <summary>Gets the application's state that was stored with <see cref="PendingCheckpoint"/>; empty if none was.</summary>
    public ReadOnlyMemory<byte> PendingCheckpointState { get; } = pendingCheckpointState;
}
