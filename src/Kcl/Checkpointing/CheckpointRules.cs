namespace Kcl.Checkpointing;

/// <summary>
/// Decides which checkpoints a shard can have, by the rules of every KCL (<c>checkpoint/ShardRecordProcessorCheckpointer</c>). Pure.
/// </summary>
/// <param name="Last">The last checkpoint.</param>
/// <param name="Largest">The last position delivered; at the end of the shard, its end.</param>
/// <param name="LastOfShard">After the end was announced: the last position delivered, which then means the end.</param>
internal readonly record struct CheckpointRules(
    ExtendedSequenceNumber Last, ExtendedSequenceNumber Largest, ExtendedSequenceNumber? LastOfShard)
{
    /// <summary>
    /// Gets the meaning of a checkpoint without a position: during a call the last record of its batch, and between two calls the last
    /// record of the last batch whose call returned.
    /// </summary>
    /// <remarks>
    /// A batch whose call failed is delivered again. A processor that is asked to stop before that must not skip the batch by checkpointing
    /// everything.
    /// </remarks>
    public ExtendedSequenceNumber Everything { get; private init; }

    private ExtendedSequenceNumber ProcessedThrough { get; init; }

    // The first record delivered. Before there is a numeric checkpoint, no position of this shard that was processed can be smaller.
    private ExtendedSequenceNumber? First { get; init; }

    /// <summary>Gets the smallest position that can be checkpointed.</summary>
    public ExtendedSequenceNumber Smallest => First is { } first && first > Last ? first : Last;

    /// <summary>Returns the rules of a shard that resumes at its checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public static CheckpointRules ResumedAt(ExtendedSequenceNumber checkpoint) =>
        new(checkpoint, checkpoint, null) { Everything = checkpoint, ProcessedThrough = checkpoint };

    /// <summary>Returns the rules before records are delivered.</summary>
    /// <param name="first">The position of the first record.</param>
    /// <param name="last">The position of the last record.</param>
    public CheckpointRules Delivering(ExtendedSequenceNumber first, ExtendedSequenceNumber last) => last >= Largest && !Largest.IsShardEnd
        ? this with { Largest = last, Everything = last, First = First ?? (Last.IsNumber ? null : first) }
        : this;

    /// <summary>Returns the rules after the call that got the records returned.</summary>
    public CheckpointRules Processed() => this with { ProcessedThrough = Everything };

    /// <summary>Returns the rules after the call that got the records failed.</summary>
    public CheckpointRules NotProcessed() => this with { Everything = Later(ProcessedThrough, Last) };

    /// <summary>Returns the rules after every record of the shard was delivered.</summary>
    public CheckpointRules Ending() => Largest.IsShardEnd
        ? this
        : this with { Largest = ExtendedSequenceNumber.ShardEnd, Everything = ExtendedSequenceNumber.ShardEnd, LastOfShard = Largest };

    /// <summary>Returns the rules after a checkpoint was stored.</summary>
    /// <param name="position">The position of the checkpoint.</param>
    public CheckpointRules Stored(ExtendedSequenceNumber position) =>
        this with { Last = position, Everything = Later(Everything, position) };

    /// <summary>Returns what to store for a position; <see langword="null"/> if the shard cannot have the position now.</summary>
    /// <param name="position">The requested position; <see langword="null"/> for everything.</param>
    public ExtendedSequenceNumber? Resolve(ExtendedSequenceNumber? position)
    {
        if (position is not { } wanted)
        {
            return Everything;
        }

        // The last record of an ended shard means the shard's end, also if that record was checkpointed before. Otherwise a processor that
        // checkpoints by record could never checkpoint the end.
        if (wanted == LastOfShard)
        {
            return ExtendedSequenceNumber.ShardEnd;
        }

        var isInRange = (wanted >= Smallest || wanted == Last) && wanted <= Largest;
        var isPosition = wanted.IsNumber || wanted.IsShardEnd || wanted == Last;
        return isInRange && isPosition ? wanted : null;
    }

    private static ExtendedSequenceNumber Later(ExtendedSequenceNumber one, ExtendedSequenceNumber other) => one > other ? one : other;
}
