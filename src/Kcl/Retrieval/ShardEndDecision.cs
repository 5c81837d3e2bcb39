namespace Kcl.Retrieval;

/// <summary>Specifies what to do if the service reports that a shard has ended or was not found, after the shard list was read.</summary>
internal enum ShardEndDecision
{
    /// <summary>The shard has ended.</summary>
    Ended,

    /// <summary>The shard has not ended. Reading continues from the last position.</summary>
    ReadOn,

    /// <summary>
    /// The shard exists, but the position was not found in it. The shard is read from its oldest record, and records that were processed
    /// are dropped.
    /// </summary>
    ReadFromHorizon,
}
