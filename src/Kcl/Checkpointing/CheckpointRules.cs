namespace Kcl.Checkpointing;

/// <summary>Which checkpoints a shard can have, as every KCL decides it (checkpoint/ShardRecordProcessorCheckpointer). Pure.</summary>
/// <param name="Last">The last checkpoint.</param>
/// <param name="Largest">The last position delivered; at the shard's end, its end.</param>
/// <param name="LastOfShard">Once the end was announced: the last position delivered, which then means the end.</param>
internal readonly record struct CheckpointRules(ExtendedSequenceNumber Last, ExtendedSequenceNumber Largest, ExtendedSequenceNumber? LastOfShard)
{
    /// <summary>What a checkpoint that names no position means: the last record of the batch under way, and between two batches that of the last one whose call returned.</summary>
    /// <remarks>A batch whose call failed is delivered again; a processor that is asked to stop before that must not pass it over by checkpointing everything.</remarks>
    public ExtendedSequenceNumber Everything { get; private init; }

    private ExtendedSequenceNumber ProcessedThrough { get; init; }

    // The first record delivered. Before there is a numeric checkpoint no position of this shard that was processed can lie before it.
    private ExtendedSequenceNumber? First { get; init; }

    /// <summary>The smallest position that can be checkpointed.</summary>
    public ExtendedSequenceNumber Smallest => First is { } first && first > Last ? first : Last;

    /// <summary>A shard resumed at its checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public static CheckpointRules ResumedAt(ExtendedSequenceNumber checkpoint) => new(checkpoint, checkpoint, null) { Everything = checkpoint, ProcessedThrough = checkpoint };

    /// <summary>Records are about to be delivered.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="last">The last of them.</param>
    public CheckpointRules Delivering(ExtendedSequenceNumber first, ExtendedSequenceNumber last) =>
        last >= Largest && !Largest.IsShardEnd ? this with { Largest = last, Everything = last, First = First ?? (Last.IsNumber ? null : first) } : this;

    /// <summary>The call that was given the records has returned.</summary>
    public CheckpointRules Processed() => this with { ProcessedThrough = Everything };

    /// <summary>The call that was given the records has failed.</summary>
    public CheckpointRules NotProcessed() => this with { Everything = Later(ProcessedThrough, Last) };

    /// <summary>Everything was delivered and there will be no more.</summary>
    public CheckpointRules Ending() =>
        Largest.IsShardEnd ? this : this with { Largest = ExtendedSequenceNumber.ShardEnd, Everything = ExtendedSequenceNumber.ShardEnd, LastOfShard = Largest };

    /// <summary>A checkpoint was stored.</summary>
    /// <param name="position">Where.</param>
    public CheckpointRules Stored(ExtendedSequenceNumber position) => this with { Last = position, Everything = Later(Everything, position) };

    /// <summary>What is to be stored for a position; null where it is not one this shard can have now.</summary>
    /// <param name="position">The wanted position; null for everything.</param>
    public ExtendedSequenceNumber? Resolve(ExtendedSequenceNumber? position)
    {
        if (position is not { } wanted)
        {
            return Everything;
        }

        // The last record of an ended shard means its end, also when that record was checkpointed before: else the end could never be said by naming it.
        if (wanted == LastOfShard)
        {
            return ExtendedSequenceNumber.ShardEnd;
        }

        var inRange = (wanted >= Smallest || wanted == Last) && wanted <= Largest;
        var isPlace = wanted.IsNumber || wanted.IsShardEnd || wanted == Last;
        return inRange && isPlace ? wanted : null;
    }

    private static ExtendedSequenceNumber Later(ExtendedSequenceNumber one, ExtendedSequenceNumber other) => one > other ? one : other;
}
