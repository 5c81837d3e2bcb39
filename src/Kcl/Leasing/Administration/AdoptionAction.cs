namespace Kcl.Leasing.Administration;

/// <summary>Specifies what happens to a lease that a stream adopts.</summary>
internal enum AdoptionAction
{
    /// <summary>Nothing, because the lease already belongs to the stream.</summary>
    Skip,

    /// <summary>The stream is stored in the lease; checkpoint and owner stay.</summary>
    Note,

    /// <summary>The stream is stored in the lease, and the shard restarts at its oldest record.</summary>
    Restart,

    /// <summary>The lease is removed, because the stream has no such shard.</summary>
    Remove,
}
