namespace Kcl;

/// <summary>The input of <see cref="IShardRecordProcessor.ProcessRecordsAsync"/>.</summary>
/// <param name="records">The records, in shard order.</param>
/// <param name="millisBehindLatest">
/// How far the last record is behind the tip of the shard, in milliseconds; null if it is not known.
/// </param>
/// <param name="checkpointer">The checkpointer of the shard.</param>
public sealed class ProcessRecordsInput(IReadOnlyList<KinesisRecord> records, long? millisBehindLatest, ICheckpointer checkpointer)
{
    /// <summary>Gets the records, in shard order. Empty only if the consumer is configured to deliver empty batches.</summary>
    public IReadOnlyList<KinesisRecord> Records { get; } = records;

    /// <summary>
    /// Gets how far the end of this batch is behind the tip of the shard, in milliseconds; 0 at the tip, null if the service did not report
    /// it.
    /// </summary>
    public long? MillisBehindLatest { get; } = millisBehindLatest;

    /// <summary>Gets the checkpointer, which stores how far the shard was processed.</summary>
    public ICheckpointer Checkpointer { get; } = checkpointer;
}
