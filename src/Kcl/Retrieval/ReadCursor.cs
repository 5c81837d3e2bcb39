using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Retrieval;

/// <summary>The position that the reading of a shard has come to. Moved by one task; <see cref="Origin"/> may be read by any.</summary>
/// <param name="position">The first position.</param>
/// <param name="client">The service, for its clock.</param>
/// <param name="time">The clock.</param>
internal sealed class ReadCursor(ReadPosition position, IKinesisClient client, TimeProvider time)
{
    private readonly Lock _gate = new();
    private ReadPosition _origin = position;

    /// <summary>Gets the position from which reading continues.</summary>
    public ReadPosition Position { get; private set; } = position;

    /// <summary>Gets the position from which the shard has been read, in a form that names the same place for ever.</summary>
    public ReadPosition Origin
    {
        get { lock (_gate) { return _origin; } }
        private set { lock (_gate) { _origin = value; } }
    }

    /// <summary>Returns what to ask the service for, immediately before it is asked.</summary>
    /// <remarks>
    /// LATEST is asked for once, whether or not the call succeeds: a second call would mean a later tip and skip records. After that,
    /// reading continues from this moment instead.
    /// </remarks>
    public StartingPosition TakeStart()
    {
        var start = Position.Start;
        if (start.Type == StartingPositionType.Latest)
        {
            Origin = Position = Position.Resolved(StartInstant.Now(client, time));
        }

        return start;
    }

    /// <summary>Continues at the same place, but searches for it from the oldest record on, because the service does not find it.</summary>
    public void GoToHorizon() => Position = Position.FromHorizon();

    /// <summary>Moves on after records.</summary>
    /// <param name="records">The Kinesis records.</param>
    /// <param name="userRecords">The user records that they contain; fewer if aggregates were left out.</param>
    /// <returns>The user records that were not processed before.</returns>
    public IReadOnlyList<KinesisRecord> Advance(IReadOnlyList<KinesisRecord> records, IReadOnlyList<KinesisRecord> userRecords)
    {
        if (records.Count == 0)
        {
            return records;
        }

        var processed = Position.CountProcessed(userRecords);
        Position = Position.AfterBatch(records[^1].SequenceNumber, processed == userRecords.Count);
        if (processed == userRecords.Count)
        {
            return [];
        }

        if (Origin.Start.Type == StartingPositionType.AtTimestamp)
        {
            Origin = new(StartingPosition.At(userRecords[processed].SequenceNumber));
        }

        return processed == 0 ? userRecords : [.. userRecords.Skip(processed)];
    }

    /// <summary>Moves on to a place that the service named.</summary>
    /// <param name="number">The number after which reading continues.</param>
    public void AdvanceTo(SequenceNumber number) => Position = Position.AfterGap(number);
}
