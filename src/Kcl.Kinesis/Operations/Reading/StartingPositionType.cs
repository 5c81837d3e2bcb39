namespace Kcl.Kinesis;

/// <summary>Specifies the type of a starting position.</summary>
public enum StartingPositionType
{
    /// <summary>Starts at the oldest record.</summary>
    TrimHorizon,

    /// <summary>Starts after the newest record.</summary>
    Latest,

    /// <summary>Starts at the record with the given sequence number.</summary>
    AtSequenceNumber,

    /// <summary>Starts after the record with the given sequence number.</summary>
    AfterSequenceNumber,

    /// <summary>Starts at the first record that arrived at or after the given time.</summary>
    AtTimestamp,
}
