namespace Kcl.Retrieval.Aggregates;

/// <summary>Specifies what happens to an aggregate that holds a record of another shard.</summary>
internal enum MisplacedVerdict
{
    /// <summary>It is delivered: when it arrived, the stream distributed records itself, or may have.</summary>
    Deliver,

    /// <summary>
    /// It is left out: when it arrived, records were distributed by their keys, so its producer noticed the mistake and puts its records
    /// again.
    /// </summary>
    LeaveOut,

    /// <summary>What is known is older than the aggregate: the service must be asked.</summary>
    Ask,
}
