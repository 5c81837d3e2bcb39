namespace Kcl.Retrieval.Aggregates;

/// <summary>Specifies what happens to an aggregate that contains a record of another shard.</summary>
internal enum MisplacedAggregateDecision
{
    /// <summary>It is delivered: when it arrived, the service chose the shard, or may have chosen it.</summary>
    Deliver,

    /// <summary>
    /// It is left out: when it arrived, records were distributed by their keys. The Kinesis Producer Library detects that the aggregate
    /// reached another shard, and puts its records again.
    /// </summary>
    LeaveOut,

    /// <summary>The strategy is not known, or was read before the aggregate arrived: the service must be asked.</summary>
    Ask,
}
