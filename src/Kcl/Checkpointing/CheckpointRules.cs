namespace Kcl.Checkpointing;

/// <summary>
/// Decides which checkpoints a shard can have, by the rules of every KCL (<c>checkpoint/ShardRecordProcessorCheckpointer</c>). Immutable.
/// </summary>
/// <param name="Last">The last checkpoint.</param>
/// <param name="Largest">The last position delivered; at the end of the shard, its end.</param>
/// <param name="LastOfShard">
/// The last position delivered, after every record of the shard was delivered: it then means the end. Null before that.
/// </param>
internal readonly record struct CheckpointRules(
    ExtendedSequenceNumber Last, ExtendedSequenceNumber Largest, ExtendedSequenceNumber? LastOfShard)
{
    /// <summary>
    /// Gets the position that a checkpoint without a position stores: during a call, the last record of its batch; between two calls, the
    /// last record of the last batch whose call returned.
    /// </summary>
    /// <remarks>
    /// A batch whose call failed is delivered again. A processor that must stop before that must not skip the batch by a checkpoint without
    /// a position.
    /// </remarks>
    public ExtendedSequenceNumber Everything { get; private init; }

    private ExtendedSequenceNumber ProcessedThrough { get; init; }

    // The first record delivered, if the last checkpoint is a named position. No record before it was processed.
    private ExtendedSequenceNumber? First { get; init; }

    /// <summary>Gets the smallest position that can be checkpointed.</summary>
    public ExtendedSequenceNumber Smallest => First is { } first && first > Last ? first : Last;

    /// <summary>Returns the rules of a shard that resumes at its checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public static CheckpointRules ResumeAt(ExtendedSequenceNumber checkpoint) =>
        new(checkpoint, checkpoint, null) { Everything = checkpoint, ProcessedThrough = checkpoint };

    /// <summary>Returns the rules for the call that delivers records.</summary>
    /// <param name="first">The position of the first record.</param>
    /// <param name="last">The position of the last record.</param>
    public CheckpointRules BeforeDelivery(ExtendedSequenceNumber first, ExtendedSequenceNumber last) =>
        last >= Largest && !Largest.IsShardEnd
            ? this with { Largest = last, Everything = last, First = First ?? (Last.IsNumber ? null : first) }
            : this;

    /// <summary>Returns the rules after the call that delivers records has returned.</summary>
    public CheckpointRules AfterProcessing() => this with { ProcessedThrough = Everything };

    /// <summary>Returns the rules after the call that delivers records has failed.</summary>
    public CheckpointRules AfterFailure() => this with { Everything = Later(ProcessedThrough, Last) };

    /// <summary>Returns the rules after every record of the shard was delivered.</summary>
    public CheckpointRules AfterLastRecord() => Largest.IsShardEnd
        ? this
        : this with { Largest = ExtendedSequenceNumber.ShardEnd, Everything = ExtendedSequenceNumber.ShardEnd, LastOfShard = Largest };

    /// <summary>Returns the rules after a checkpoint was stored.</summary>
    /// <param name="position">The position of the checkpoint.</param>
    public CheckpointRules AfterCheckpoint(ExtendedSequenceNumber position) =>
        this with { Last = position, Everything = Later(Everything, position) };

    /// <summary>Returns what to store for a requested position; null if the position is not valid at this time.</summary>
    /// <param name="position">The requested position; null for <see cref="Everything"/>.</param>
    public ExtendedSequenceNumber? Resolve(ExtendedSequenceNumber? position)
    {
        if (position is not { } requested)
        {
            return Everything;
        }

        // The last record of an ended shard means the end of the shard, even if that record was checkpointed before. Otherwise, a processor
        // that checkpoints by record could never checkpoint the end.
        if (requested == LastOfShard)
        {
            return ExtendedSequenceNumber.ShardEnd;
        }

        var isInRange = (requested >= Smallest || requested == Last) && requested <= Largest;
        var isPosition = requested.IsNumber || requested.IsShardEnd || requested == Last;
        return isInRange && isPosition ? requested : null;
    }

    private static ExtendedSequenceNumber Later(ExtendedSequenceNumber one, ExtendedSequenceNumber other) => one > other ? one : other;
}
