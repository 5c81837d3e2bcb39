namespace Kcl;

/// <summary>Specifies why an <see cref="ILegacyRecordProcessor"/> is shut down.</summary>
public enum ShutdownReason
{
    /// <summary>The shard was read to its end. Returning completes it, so that its child shards can start.</summary>
    Terminate,

    /// <summary>The lease was lost: this worker can store nothing more for the shard.</summary>
    Zombie,
}
