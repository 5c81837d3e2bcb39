namespace Kcl.Kinesis;

/// <summary>The types of starting positions.</summary>
public enum StartingPositionType
{
    /// <summary>The oldest record.</summary>
    TrimHorizon,

    /// <summary>After the newest record.</summary>
    Latest,

    /// <summary>At the record with a given number.</summary>
    AtSequenceNumber,

    /// <summary>After the record with a given number.</summary>
    AfterSequenceNumber,

    /// <summary>At the first record put at or after an instant.</summary>
    AtTimestamp,
}
