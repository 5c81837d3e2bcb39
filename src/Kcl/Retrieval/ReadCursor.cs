using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Retrieval;

/// <summary>The current position in the reading of a shard. Changed by one task; any thread may read <see cref="Origin"/>.</summary>
/// <param name="position">The first position.</param>
/// <param name="client">The service, for its clock.</param>
/// <param name="time">The clock.</param>
internal sealed class ReadCursor(ReadPosition position, IKinesisClient client, TimeProvider time)
{
    private readonly Lock _gate = new();
    private ReadPosition _origin = position;

    /// <summary>Gets the position from which reading continues.</summary>
    public ReadPosition Position { get; private set; } = position;

    /// <summary>Gets the position from which the shard has been read, in a form that does not depend on the time.</summary>
    public ReadPosition Origin
    {
        get { lock (_gate) { return _origin; } }
        private set { lock (_gate) { _origin = value; } }
    }

    /// <summary>Returns the position to request from the service. Call it immediately before the request.</summary>
    /// <remarks>
    /// LATEST is requested only once, whether or not the request succeeds. A second request would mean a later tip, and would skip records.
    /// After that, reading continues from the time of this call.
    /// </remarks>
    public StartingPosition TakeStart()
    {
        var start = Position.Start;
        if (start.Type == StartingPositionType.Latest)
        {
            Origin = Position = Position.ResolveAt(StartInstant.Now(client, time));
        }

        return start;
    }

    /// <summary>
    /// Continues at the same position, but reads from the oldest record to find it, because the service does not find it.
    /// </summary>
    public void RestartAtHorizon() => Position = Position.RestartAtHorizon();

    /// <summary>Advances after records.</summary>
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

    /// <summary>Advances to a position that the service returned.</summary>
    /// <param name="number">The sequence number after which reading continues.</param>
    public void AdvanceTo(SequenceNumber number) => Position = Position.AfterGap(number);
}
