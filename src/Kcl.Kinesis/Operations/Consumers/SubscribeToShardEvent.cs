namespace Kcl.Kinesis;

/// <summary>One event of a subscription.</summary>
/// <param name="buffer">
/// The pooled buffer that holds the records, which is returned when the event is disposed; null if it is not pooled.
/// </param>
public sealed class SubscribeToShardEvent(IDisposable? buffer = null) : RecordsResult(buffer)
{
    /// <summary>Gets the sequence number after which a later subscription continues; null at the end of the shard.</summary>
    /// <remarks>It is not a checkpoint: it can be greater than the sequence number of the last record.</remarks>
    public required SequenceNumber? ContinuationSequenceNumber { get; init; }

    /// <inheritdoc />
    public override bool IsEndOfShard => ContinuationSequenceNumber is null;
}
