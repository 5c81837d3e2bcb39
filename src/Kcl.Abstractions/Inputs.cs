namespace Kcl;

/// <summary>What <see cref="IShardRecordProcessor.InitializeAsync"/> is told.</summary>
/// <param name="shardId">The shard.</param>
/// <param name="position">The shard's last checkpoint.</param>
/// <param name="pendingCheckpoint">A prepared checkpoint that was not completed, if there is one.</param>
/// <param name="pendingCheckpointState">What the application stored with it.</param>
public sealed class InitializationInput(ShardId shardId, ExtendedSequenceNumber position, ExtendedSequenceNumber? pendingCheckpoint = null, ReadOnlyMemory<byte> pendingCheckpointState = default)
{
    /// <summary>The shard.</summary>
    public ShardId ShardId { get; } = shardId;

    /// <summary>The shard's last checkpoint: records after it follow. A named position where nothing was checkpointed yet.</summary>
    public ExtendedSequenceNumber Position { get; } = position;

    /// <summary>A checkpoint that was prepared but not completed, if there is one.</summary>
    public ExtendedSequenceNumber? PendingCheckpoint { get; } = pendingCheckpoint;

    /// <summary>What the application stored with <see cref="PendingCheckpoint"/>; empty where it stored nothing.</summary>
    public ReadOnlyMemory<byte> PendingCheckpointState { get; } = pendingCheckpointState;
}

/// <summary>What <see cref="IShardRecordProcessor.ProcessRecordsAsync"/> is told.</summary>
/// <param name="records">The records, in shard order.</param>
/// <param name="millisBehindLatest">How far the last record is behind the tip of the shard.</param>
/// <param name="checkpointer">Stores how far the shard was processed.</param>
public sealed class ProcessRecordsInput(IReadOnlyList<KinesisRecord> records, long? millisBehindLatest, ICheckpointer checkpointer)
{
    /// <summary>The records, in shard order. Empty only where the consumer was configured to call with empty batches.</summary>
    public IReadOnlyList<KinesisRecord> Records { get; } = records;

    /// <summary>How far behind the tip of the shard this batch ends, in milliseconds; 0 when caught up, null when the service did not say.</summary>
    public long? MillisBehindLatest { get; } = millisBehindLatest;

    /// <summary>Stores how far the shard was processed.</summary>
    public ICheckpointer Checkpointer { get; } = checkpointer;
}

/// <summary>What <see cref="IShardRecordProcessor.LeaseLostAsync"/> is told: nothing yet.</summary>
public sealed class LeaseLostInput;

/// <summary>What <see cref="IShardRecordProcessor.ShardEndedAsync"/> is told.</summary>
/// <param name="checkpointer">Completes the shard.</param>
public sealed class ShardEndedInput(ICheckpointer checkpointer)
{
    /// <summary>Completes the shard: <see cref="ICheckpointer.CheckpointAsync(CancellationToken)"/> stores <c>SHARD_END</c> here.</summary>
    public ICheckpointer Checkpointer { get; } = checkpointer;
}

/// <summary>What <see cref="IShardRecordProcessor.ShutdownRequestedAsync"/> is told.</summary>
/// <param name="checkpointer">Stores how far the shard was processed.</param>
public sealed class ShutdownRequestedInput(ICheckpointer checkpointer)
{
    /// <summary>Stores how far the shard was processed.</summary>
    public ICheckpointer Checkpointer { get; } = checkpointer;
}
