namespace Kcl.Leasing.Administration;

/// <summary>What becomes of a lease that a stream adopts.</summary>
internal enum AdoptionAction
{
    /// <summary>Nothing: it already belongs to the stream.</summary>
    Skip,

    /// <summary>The stream is noted in the lease; checkpoint and owner stay.</summary>
    Note,

    /// <summary>The stream is noted in the lease, and the shard starts over at its oldest record.</summary>
    StartOver,

    /// <summary>The lease is removed, because the stream has no such shard.</summary>
    Remove,
}
