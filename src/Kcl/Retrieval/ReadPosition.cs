using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Retrieval;

/// <summary>Where the reading of a shard goes on: what to ask the service for, and which of the records that come were processed before.</summary>
/// <param name="Start">What to ask for.</param>
/// <param name="ProcessedThrough">Records up to and including this position are dropped; null where every record counts.</param>
internal readonly record struct ReadPosition(StartingPosition Start, ExtendedSequenceNumber? ProcessedThrough = null)
{
    /// <summary>Returns the position at which a lease resumes.</summary>
    /// <param name="checkpoint">The lease's checkpoint; not the end of the shard.</param>
    /// <param name="instant">The instant that a named position stands for; null if it is not known.</param>
    public static ReadPosition FromCheckpoint(ExtendedSequenceNumber checkpoint, DateTimeOffset? instant) => From(StartPosition.From(checkpoint, instant));

    /// <summary>Returns the position at which a lease resumes.</summary>
    /// <param name="start">The lease's checkpoint, with the instant that it stands for; not the end of the shard.</param>
    /// <exception cref="ArgumentException"><paramref name="start"/> is the end of the shard.</exception>
    public static ReadPosition From(StartPosition start) => start.Checkpoint switch
    {
        { IsShardEnd: true } => throw new ArgumentException("A finished shard is not read again.", nameof(start)),
        { IsNumber: true } checkpoint => new(start.ToIterator(), checkpoint),
        _ => new(start.ToIterator()),
    };

    /// <summary>The position once its first iterator was given: what was the newest record then is so no longer.</summary>
    /// <param name="instant">An instant before the iterator was asked for, from which nothing is missed that was put since.</param>
    public ReadPosition Resolved(DateTimeOffset instant) => Start.Type == StartingPositionType.Latest ? new(StartingPosition.AtTimestamp(instant)) : this;

    /// <summary>The position after records were accepted.</summary>
    /// <param name="last">The last of them.</param>
    public static ReadPosition After(SequenceNumber last) => new(StartingPosition.After(last));

    /// <summary>The same place, reached from the oldest record on; for servers that do not find a number they have trimmed.</summary>
    public ReadPosition FromHorizon() => Start.Type switch
    {
        StartingPositionType.AfterSequenceNumber => new(StartingPosition.TrimHorizon, Later(ProcessedThrough, new(Start.SequenceNumber!.Value, long.MaxValue))),
        StartingPositionType.AtSequenceNumber => new(StartingPosition.TrimHorizon, ProcessedThrough),
        _ => this,
    };

    /// <summary>How many records at the start of a batch were processed before. Records of a shard are ordered, so this takes a comparison where none was, and a binary search where some were.</summary>
    /// <param name="records">The batch.</param>
    public int CountProcessed(IReadOnlyList<KinesisRecord> records)
    {
        if (ProcessedThrough is not { } through || records.Count == 0)
        {
            return 0;
        }

        Span<byte> digits = stackalloc byte[SequenceNumber.MaxDigits];
        digits = digits[..System.Text.Encoding.ASCII.GetBytes(through.SequenceNumber.ToString(), digits)];
        var (low, high) = (0, records.Count);
        for (var probe = 0; low < high; probe = (low + high) / 2)
        {
            if (IsProcessed(records[probe], digits, through.SubSequenceNumber))
            {
                low = probe + 1;
            }
            else
            {
                high = probe;
            }
        }

        return low;
    }

    private static ExtendedSequenceNumber Later(ExtendedSequenceNumber? a, ExtendedSequenceNumber b) => a > b ? a.Value : b;

    private static bool IsProcessed(KinesisRecord record, ReadOnlySpan<byte> digits, long subSequenceNumber)
    {
        var mine = record.SequenceNumberAscii.Span;
        var order = mine.Length != digits.Length ? mine.Length.CompareTo(digits.Length) : mine.SequenceCompareTo(digits);
        return order < 0 || (order == 0 && record.SubSequenceNumber <= subSequenceNumber);
    }
}
