namespace Kcl.Kinesis;

/// <summary>Where reading a shard starts.</summary>
public readonly record struct StartingPosition
{
    private StartingPosition(StartingPositionType type, SequenceNumber? sequenceNumber = null, DateTimeOffset? timestamp = null) =>
        (Type, SequenceNumber, Timestamp) = (type, sequenceNumber, timestamp);

    /// <summary>Which way.</summary>
    public StartingPositionType Type { get; }

    /// <summary>The number, for the two types that name one.</summary>
    public SequenceNumber? SequenceNumber { get; }

    /// <summary>The instant, to the millisecond, for <see cref="StartingPositionType.AtTimestamp"/>.</summary>
    public DateTimeOffset? Timestamp { get; }

    /// <summary>The oldest record.</summary>
    public static StartingPosition TrimHorizon => new(StartingPositionType.TrimHorizon);

    /// <summary>After the newest record.</summary>
    public static StartingPosition Latest => new(StartingPositionType.Latest);

    /// <summary>At a record.</summary>
    /// <param name="sequenceNumber">The record's number.</param>
    public static StartingPosition At(SequenceNumber sequenceNumber) => new(StartingPositionType.AtSequenceNumber, sequenceNumber);

    /// <summary>After a record.</summary>
    /// <param name="sequenceNumber">The record's number.</param>
    public static StartingPosition After(SequenceNumber sequenceNumber) => new(StartingPositionType.AfterSequenceNumber, sequenceNumber);

    /// <summary>At the first record put at or after an instant.</summary>
    /// <param name="timestamp">The instant.</param>
    public static StartingPosition AtTimestamp(DateTimeOffset timestamp) => new(StartingPositionType.AtTimestamp, timestamp: timestamp);
}
