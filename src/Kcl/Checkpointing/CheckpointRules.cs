namespace Kcl.Checkpointing;

/// <summary>Which checkpoints a shard can have, as every KCL decides it (checkpoint/ShardRecordProcessorCheckpointer). Pure.</summary>
/// <param name="Last">The last checkpoint.</param>
/// <param name="Largest">The last position delivered; at the shard's end, its end.</param>
/// <param name="LastOfShard">Once the end was announced: the last position delivered, which then means the end.</param>
internal readonly record struct CheckpointRules(ExtendedSequenceNumber Last, ExtendedSequenceNumber Largest, ExtendedSequenceNumber? LastOfShard)
{
    /// <summary>A shard resumed at its checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public static CheckpointRules ResumedAt(ExtendedSequenceNumber checkpoint) => new(checkpoint, checkpoint, null);

    /// <summary>Records up to a position are about to be delivered.</summary>
    /// <param name="position">The last of them.</param>
    public CheckpointRules Delivering(ExtendedSequenceNumber position) => position > Largest ? this with { Largest = position } : this;

    /// <summary>Everything was delivered and there will be no more.</summary>
    public CheckpointRules Ending() => Largest.IsShardEnd ? this : this with { Largest = ExtendedSequenceNumber.ShardEnd, LastOfShard = Largest };

    /// <summary>A checkpoint was stored.</summary>
    /// <param name="position">Where.</param>
    public CheckpointRules Stored(ExtendedSequenceNumber position) => this with { Last = position };

    /// <summary>What is to be stored for a position; null where it is not one this shard can have now.</summary>
    /// <param name="position">The wanted position; null for everything delivered.</param>
    public ExtendedSequenceNumber? Resolve(ExtendedSequenceNumber? position)
    {
        if (position is not { } wanted)
        {
            return Largest;
        }

        // The last record of an ended shard means its end, also when that record was checkpointed before: else the end could never be said by naming it.
        if (wanted == LastOfShard)
        {
            return ExtendedSequenceNumber.ShardEnd;
        }

        var inRange = wanted >= Last && wanted <= Largest;
        var isPlace = wanted.IsNumber || wanted.IsShardEnd || wanted == Last;
        return inRange && isPlace ? wanted : null;
    }
}
