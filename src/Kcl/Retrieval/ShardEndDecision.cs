namespace Kcl.Retrieval;

/// <summary>
/// Specifies what follows when the service says that a shard has ended, or does not find it, and the shard list was asked.
/// </summary>
internal enum ShardEndDecision
{
    /// <summary>The shard has ended.</summary>
    Ended,

    /// <summary>The shard has not ended: reading continues from the last position.</summary>
    ReadOn,

    /// <summary>
    /// The shard exists but the position was not found in it: it is read from its oldest record, and what was processed is dropped.
    /// </summary>
    ReadFromHorizon,
}
