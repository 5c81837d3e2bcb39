namespace Kcl.Kinesis;

/// <summary>The position at which reading a shard starts.</summary>
public readonly record struct StartingPosition
{
    private StartingPosition(StartingPositionType type, SequenceNumber? sequenceNumber = null, DateTimeOffset? timestamp = null)
    {
        Type = type;
        SequenceNumber = sequenceNumber;
        Timestamp = timestamp;
    }

    /// <summary>Gets the position before the oldest record.</summary>
    public static StartingPosition TrimHorizon => new(StartingPositionType.TrimHorizon);

    /// <summary>Gets the position after the newest record.</summary>
    public static StartingPosition Latest => new(StartingPositionType.Latest);

    /// <summary>Gets the type of the position.</summary>
    public StartingPositionType Type { get; }

    /// <summary>Gets the sequence number; null for types that have none.</summary>
    public SequenceNumber? SequenceNumber { get; }

    /// <summary>
    /// Gets the timestamp, which the service uses with a resolution of one millisecond; null for types other than
    /// <see cref="StartingPositionType.AtTimestamp"/>.
    /// </summary>
    public DateTimeOffset? Timestamp { get; }

    /// <summary>Returns the position at a record.</summary>
    /// <param name="sequenceNumber">The sequence number of the record.</param>
    public static StartingPosition At(SequenceNumber sequenceNumber) => new(StartingPositionType.AtSequenceNumber, sequenceNumber);

    /// <summary>Returns the position after a record.</summary>
    /// <param name="sequenceNumber">The sequence number of the record.</param>
    public static StartingPosition After(SequenceNumber sequenceNumber) => new(StartingPositionType.AfterSequenceNumber, sequenceNumber);

    /// <summary>Returns the position at the first record that arrived at or after a time.</summary>
    /// <param name="timestamp">The time.</param>
    public static StartingPosition AtTimestamp(DateTimeOffset timestamp) => new(StartingPositionType.AtTimestamp, timestamp: timestamp);
}
