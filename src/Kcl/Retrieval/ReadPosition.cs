using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Retrieval;

/// <summary>
/// The position from which the reading of a shard continues: what to request from the service, and which of the returned records were
/// processed before.
/// </summary>
/// <param name="Start">The position to request.</param>
/// <param name="ProcessedThrough">Records up to and including this position are dropped; null to drop none.</param>
internal readonly record struct ReadPosition(StartingPosition Start, ExtendedSequenceNumber? ProcessedThrough = null)
{
    /// <summary>Returns the position at which a lease resumes.</summary>
    /// <param name="start">The lease's checkpoint, with its start time; not the end of the shard.</param>
    /// <exception cref="ArgumentException"><paramref name="start"/> is the end of the shard.</exception>
    public static ReadPosition From(StartPosition start) => start.Checkpoint switch
    {
        { IsShardEnd: true } => throw new ArgumentException("A finished shard is not read again.", nameof(start)),
        { IsNumber: true } checkpoint => new(start.ToIterator(), checkpoint),
        _ => new(start.ToIterator()),
    };

    /// <summary>Returns the position after its first request. LATEST would then skip records, so it is replaced with a time.</summary>
    /// <param name="instant">A safe start time, determined before the request.</param>
    public ReadPosition ResolveAt(DateTimeOffset instant) =>
        Start.Type == StartingPositionType.Latest ? new(StartingPosition.AtTimestamp(instant)) : this;

    /// <summary>Returns the position after records.</summary>
    /// <param name="last">The sequence number of the last of these records.</param>
    public static ReadPosition After(SequenceNumber last) => new(StartingPosition.After(last));

    /// <summary>Returns the position after a batch of records.</summary>
    /// <param name="last">The sequence number of the last Kinesis record of the batch.</param>
    /// <param name="areProcessed">Whether all of its records were processed before. <see cref="ProcessedThrough"/> is then kept.</param>
    public ReadPosition AfterBatch(SequenceNumber last, bool areProcessed) => areProcessed ? AfterGap(last) : After(last);

    /// <summary>Returns the position after a sequence number that the service returned, up to which there are no more records.</summary>
    /// <param name="number">The sequence number after which reading continues.</param>
    public ReadPosition AfterGap(SequenceNumber number) => After(number) with { ProcessedThrough = ProcessedThrough };

    /// <summary>
    /// Returns the same position, found by reading from the oldest record. Used for servers that do not find a sequence number whose record
    /// they have trimmed.
    /// </summary>
    public ReadPosition RestartAtHorizon() => Start.Type switch
    {
        StartingPositionType.AfterSequenceNumber =>
            new(StartingPosition.TrimHorizon, Later(ProcessedThrough, new(Start.SequenceNumber!.Value, long.MaxValue))),
        StartingPositionType.AtSequenceNumber => new(StartingPosition.TrimHorizon, ProcessedThrough),
        _ => this,
    };

    /// <summary>
    /// Counts the records at the start of a batch that were processed before. Records of a shard are ordered, so this needs one comparison
    /// if there are none, and a binary search otherwise.
    /// </summary>
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
